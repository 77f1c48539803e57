import { execFileSync } from "node:child_process";
import { lstatSync, readlinkSync, type BigIntStats } from "node:fs";
import { asRoot } from "./asRoot.ts";
import { fileDigest } from "./fileDigest.ts";
import { namesBelow, within } from "./treeNames.ts";

/** What of a tree is left out. */
interface FingerprintOptions {
  folderTimes?: boolean;
}

/**
 * Everything that stat, readlink, getfattr and the contents say about a tree, as sorted lines of text. It
 * shares no code with the product. Hard links show as the first name of their group; holes are not told
 * from zeros; the times of folders are left out where `folderTimes` is false.
 */
export function treeFingerprint(root: string, options: FingerprintOptions = {}): string {
  // One process for a whole tree: tests do this thousands of times, and programs take longer to start than to look.
  if (process.geteuid?.() === 0) return fingerprint(root, options);
  const args = [import.meta.filename, root, JSON.stringify(options)];
  return asRoot(process.execPath, args, { encoding: "latin1", maxBuffer: 1 << 30 });
}

/** Each byte of a name is a character of these lines, so that names need not be UTF-8. */
function fingerprint(root: string, options: FingerprintOptions): string {
  const at = within(root);
  const lines: string[] = [];
  const firstName = new Map<bigint, string>();
  const names = [".", ...namesBelow(at)].sort();
  for (const name of names) {
    const path = at(name);
    const stats = lstatSync(path, { bigint: true });
    const folder = stats.isDirectory();
    const group = !folder && stats.nlink !== 1n ? (firstName.get(stats.ino) ?? name) : "";
    if (group) firstName.set(stats.ino, group);
    lines.push(
      [
        name,
        kindOf(stats),
        (stats.mode & 0o7777n).toString(8),
        `${stats.uid}:${stats.gid}`,
        folder ? "" : stats.size,
        folder && options.folderTimes === false ? "" : inSeconds(stats.mtimeNs),
        deviceNumber(stats.rdev),
        group,
      ].join("|"),
    );
    if (stats.isSymbolicLink()) lines.push(`${name} -> ${readlinkSync(path, "latin1")}`);
    if (stats.isFile()) lines.push(`${fileDigest(path)}  ${name}`);
  }
  return [...lines, ...attributes(root)].sort().join("\n");
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFile()) return stats.size === 0n ? "regular empty file" : "regular file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symbolic link";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  return stats.isBlockDevice() ? "block special file" : "character special file";
}

function inSeconds(nanoseconds: bigint): string {
  const digits = String(nanoseconds < 0n ? -nanoseconds : nanoseconds).padStart(10, "0");
  return `${nanoseconds < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** The major and minor number as `stat` prints them. */
function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major.toString(16)}:${minor.toString(16)}`;
}

/** A text for each path that has extended attributes, which Node cannot read. */
function attributes(root: string): string[] {
  return execFileSync("getfattr", ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."], {
    cwd: root,
    encoding: "latin1",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "ignore"],
  })
    .split("\n\n")
    .filter(Boolean);
}

if (process.argv[1] === import.meta.filename) {
  const [root = "", options = "{}"] = process.argv.slice(2);
  process.stdout.write(Buffer.from(fingerprint(root, JSON.parse(options) as FingerprintOptions), "latin1"));
}
