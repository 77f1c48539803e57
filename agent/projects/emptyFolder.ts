import { rmdir } from "node:fs/promises";

/** Removes the folder if it is there and empty; otherwise leaves it. */
export async function removeEmptyFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(code)) throw thrown;
  }
}
