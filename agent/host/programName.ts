import { readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";

/**
 * What a person calls a running program: the name of the file that runs. The kernel's own name for it is that of
 * its first thread, which Node calls "MainThread".
 * @returns null when it is gone
 */
export async function programName(pid: number): Promise<string | null> {
  const file = await orNull(readlink(`/proc/${pid}/exe`));
  if (file !== null) return basename(file.replace(/ \(deleted\)$/, ""));
  return (await orNull(readFile(`/proc/${pid}/comm`, "utf8")))?.trimEnd() ?? null;
}

/** Null when the program has ended, or belongs to somebody else. */
async function orNull(reading: Promise<string>): Promise<string | null> {
  try {
    return await reading;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM") return null;
    throw thrown;
  }
}
