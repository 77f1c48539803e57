import { lstat } from "node:fs/promises";
import type { Processes } from "../../host/processes.ts";
import { joinBytes } from "../bytePaths.ts";

const lineFeed = 0x0a;

/**
 * Every name that a file with several hard links has in a subvolume, relative to it, from the file
 * system's own back references; no walk.
 */
export async function namesOfFile(
  processes: Processes,
  subvolume: string,
  file: { readonly inode: bigint; readonly count: number },
  signal: AbortSignal,
): Promise<Buffer[]> {
  const args = ["inspect-internal", "inode-resolve", file.inode.toString(), subvolume];
  const { stdout } = await processes.run("btrfs", args, { signal });
  const root = Buffer.from(`${subvolume}/`);
  const names: Buffer[] = [];
  // A name may hold line feeds, so a line is one name only when the file is there.
  let start = 0;
  for (let at = stdout.indexOf(lineFeed); at !== -1; at = stdout.indexOf(lineFeed, at + 1)) {
    const path = stdout.subarray(start, at);
    if (!path.subarray(0, root.length).equals(root)) continue;
    const name = path.subarray(root.length);
    if (!(await isNameOf(joinBytes(Buffer.from(subvolume), name), file.inode))) continue;
    names.push(name);
    start = at + 1;
  }
  if (names.length !== file.count) {
    throw new Error(`${names.length} of ${file.count} names of inode ${file.inode} were found.`);
  }
  return names;
}

async function isNameOf(path: Buffer, inode: bigint): Promise<boolean> {
  try {
    return (await lstat(path, { bigint: true })).ino === inode;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENAMETOOLONG" || code === "ENOTDIR") return false;
    throw thrown;
  }
}
