import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

const file = "/proc/self/mountinfo";

/** One line of /proc/self/mountinfo. */
export interface Mount {
  /** What `mnt_id` in proc_pid_fdinfo(5) refers to. */
  readonly id: number;
  /** Where it is mounted. */
  readonly path: string;
  /** Kernel name of the file system's type, such as `btrfs`. */
  readonly type: string;
  /** The device or other source it was mounted from. */
  readonly source: string;
}

/** What is mounted in this process's namespace, in mount order. Format: proc_pid_mountinfo(5). */
export async function readMountTable(): Promise<Mount[]> {
  return parseMountTable(await readFile(file, "utf8"));
}

/** As `readMountTable`, at once: nothing else of this process happens between this and what follows. */
export function readMounts(): Mount[] {
  return parseMountTable(readFileSync(file, "utf8"));
}

/** @throws Error when a line is not as proc_pid_mountinfo(5) says. */
export function parseMountTable(text: string): Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ");
      const separator = fields.indexOf("-", 6);
      const path = fields[4];
      const type = fields[separator + 1];
      const source = fields[separator + 2];
      if (separator < 0 || path === undefined || type === undefined || source === undefined) {
        throw new Error(`The mount table has an unknown line: ${line}`);
      }
      return { id: Number(fields[0]), path: unescape(path), type, source: unescape(source) };
    });
}

/** The kernel writes blanks, tabs, newlines and backslashes in octal. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** Whether `path` is `folder` or lies below it. Both are absolute and without links. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
