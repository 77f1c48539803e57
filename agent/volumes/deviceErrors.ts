import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";

const fileSystems = "/sys/fs/btrfs";

/**
 * The read, write, flush, corruption and generation errors that a mounted btrfs has counted on all its devices.
 * The kernel shows them to everybody, where the program `btrfs` asks in a way that takes root.
 * @param device one of its devices, such as /dev/loop3
 * @throws Error when no mounted btrfs has that device
 */
export async function deviceErrors(device: string): Promise<number> {
  const name = basename(await realpath(device));
  for (const id of await readdir(fileSystems)) {
    const folder = join(fileSystems, id);
    if (!(await namesIn(join(folder, "devices"))).includes(name)) continue;
    const counts = (await namesIn(join(folder, "devinfo"))).map(async (each) =>
      sumOf(await readFile(join(folder, "devinfo", each, "error_stats"), "utf8")),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }
  throw new Error(`No mounted btrfs has the device ${device}.`);
}

/** Nothing for what is no file system, such as the folder of the kernel's features. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  });
}

/** @param text lines of a name and a number */
function sumOf(text: string): number {
  return [...text.matchAll(/\s(\d+)$/gm)].reduce((sum, match) => sum + Number(match[1]), 0);
}
