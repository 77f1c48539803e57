import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { programName } from "../host/programName.ts";

/** A program that holds a file open for writing. */
export interface OpenFile {
  readonly pid: number;
  /** As a person calls it; empty when it has ended meanwhile. */
  readonly program: string;
  /** Absolute. */
  readonly path: string;
}

/** The bits of open(2)'s flags that tell reading from writing; 0 is reading alone. */
const accessMode = 3;

/**
 * Files at and below `folder` that programs hold open for writing, or mapped writable and shared, from /proc.
 * Programs of other users are seen by root only. This process itself is not listed.
 */
export async function filesOpenForWriting(folder: string): Promise<OpenFile[]> {
  const found: OpenFile[] = [];
  const { dev } = await stat(folder);
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const paths = new Set([...(await writtenFiles(pid, folder, dev)), ...(await mappedFiles(pid, folder))]);
    if (paths.size === 0) continue;
    const program = (await programName(pid)) ?? "";
    for (const path of paths) found.push({ pid, program, path });
  }
  return found;
}

async function writtenFiles(pid: number, folder: string, dev: number): Promise<string[]> {
  const directory = `/proc/${pid}/fd`;
  const found: string[] = [];
  for (const fd of (await orNull(readdir(directory))) ?? []) {
    const path = await orNull(readlink(join(directory, fd)));
    if (path === null || !isBelow(path, folder)) continue;
    const info = await orNull(readFile(`/proc/${pid}/fdinfo/${fd}`, "utf8"));
    const flags = /^flags:\s*([0-7]+)/m.exec(info ?? "")?.[1];
    if (flags === undefined || (parseInt(flags, 8) & accessMode) === 0) continue;
    const opened = await orNull(stat(join(directory, fd)));
    // A file without a name is no part of the folder any more.
    if (opened?.isFile() && opened.dev === dev && opened.nlink > 0) found.push(path);
  }
  return found;
}

/** A mapping outlives its descriptor. Lines of maps: addresses, rights, offset, device, inode, path (proc(5)). */
async function mappedFiles(pid: number, folder: string): Promise<string[]> {
  const maps = await orNull(readFile(`/proc/${pid}/maps`, "utf8"));
  const found: string[] = [];
  for (const line of maps?.split("\n") ?? []) {
    const match = /^\S+ .w.s \S+ \S+ \d+ +(\/.*)$/.exec(line);
    const path = match?.[1];
    if (path !== undefined && isBelow(path, folder) && !path.endsWith(" (deleted)")) found.push(path);
  }
  return found;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Null when the program ended or closed the file meanwhile, or belongs to another user. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM") return null;
    throw thrown;
  }
}
