import { lstat } from "node:fs/promises";
import { ProcessFailed, type Processes } from "../../host/processes.ts";
import { joinBytes } from "../bytePaths.ts";

const lineFeed = 0x0a;

/**
 * Every name that a file with several hard links has in a subvolume, relative to it: from the file system's own
 * back references, or by a walk for a user whom it does not tell.
 */
export async function namesOfFile(
  processes: Processes,
  subvolume: string,
  file: { readonly inode: bigint; readonly count: number },
  signal: AbortSignal,
): Promise<Buffer[]> {
  const names =
    (await askedNames(processes, subvolume, file, signal)) ??
    (await walkedNames(processes, subvolume, file, signal));
  if (names.length !== file.count) {
    throw new Error(`${names.length} of ${file.count} names of inode ${file.inode} were found.`);
  }
  return names;
}

/** null when only root may ask. */
async function askedNames(
  processes: Processes,
  subvolume: string,
  file: { readonly inode: bigint },
  signal: AbortSignal,
): Promise<Buffer[] | null> {
  const args = ["inspect-internal", "inode-resolve", file.inode.toString(), subvolume];
  let stdout: Buffer;
  try {
    stdout = (await processes.run("btrfs", args, { signal })).stdout;
  } catch (thrown) {
    if (thrown instanceof ProcessFailed && thrown.stderr.includes("Operation not permitted")) return null;
    throw thrown;
  }
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
  return names;
}

async function walkedNames(
  processes: Processes,
  subvolume: string,
  file: { readonly inode: bigint },
  signal: AbortSignal,
): Promise<Buffer[]> {
  const args = [".", "-xdev", "-inum", file.inode.toString(), "-printf", "%P\\0"];
  const { stdout } = await processes.run("find", args, { cwd: subvolume, signal });
  const names = stdout.toString("latin1").split("\0").slice(0, -1);
  return names.map((name) => Buffer.from(name, "latin1"));
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
