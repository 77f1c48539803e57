import { constants } from "node:fs";
import { chmod, chown, copyFile, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ForkpointError } from "../protocol/errors.ts";

/** What is taken for a temporary file by sudo (it skips names that end so) and by people alike. */
const beingWritten = "~";

/**
 * What keeps a path from being a plain file or folder of root, and of the group `gid`, with exactly this mode;
 * undefined when nothing does.
 * @throws NodeJS.ErrnoException EACCES where only root may look
 */
export async function ownershipProblem(
  path: string,
  kind: "file" | "folder",
  mode: number,
  gid = 0,
): Promise<string | undefined> {
  const found = await lstat(path).catch(unlessMissing);
  if (!found) return `${path} is missing.`;
  if (kind === "file" ? !found.isFile() : !found.isDirectory()) return `${path} is not a ${kind}.`;
  if (found.uid !== 0) return `${path} does not belong to root.`;
  if (found.gid !== gid) return `${path} belongs to the group ${found.gid}; it has to be ${gid}.`;
  const has = found.mode & 0o7777;
  if (has !== mode) return `${path} has the mode ${octal(has)}; it has to be ${octal(mode)}.`;
  return undefined;
}

/**
 * Puts a file of root at a path, in one step: whoever opens it finds the old content or the new one.
 * @param content the bytes, or the file to copy
 * @param accept looks at the finished file before it is put in place; what it throws leaves the old one
 * @throws ForkpointError SETUP_BLOCKED when something that is no file is there
 */
export async function putRootFile(
  path: string,
  mode: number,
  content: Uint8Array | { readonly copyOf: string },
  accept: (written: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const there = await lstat(path).catch(unlessMissing);
  if (there?.isDirectory()) throw inTheWay(path, "file");
  const written = `${path}${beingWritten}`;
  await rm(written, { force: true });
  try {
    if (content instanceof Uint8Array) await writeNew(written, content);
    else await copyFile(content.copyOf, written, constants.COPYFILE_EXCL);
    await chown(written, 0, 0);
    await chmod(written, mode);
    await flush(written);
    await accept(written);
    await rename(written, path);
  } catch (thrown) {
    await rm(written, { force: true });
    throw thrown;
  }
  await flush(dirname(path));
}

/** Makes a folder of root, or makes the one that is there so. @throws ForkpointError SETUP_BLOCKED */
export async function putRootFolder(path: string, mode: number, gid = 0): Promise<void> {
  const there = await lstat(path).catch(unlessMissing);
  if (there && !there.isDirectory()) throw inTheWay(path, "folder");
  if (!there) await mkdir(path, { mode: 0o700 });
  await chown(path, 0, gid);
  await chmod(path, mode);
}

/** Removes a file of ours, and what an interrupted writing of it left. @returns whether anything was there */
export async function removeRootFile(path: string): Promise<boolean> {
  const there = await lstat(path).catch(unlessMissing);
  if (there) await rm(path);
  await rm(`${path}${beingWritten}`).catch(unlessMissing);
  return there !== undefined;
}

/**
 * The folder above a path that somebody besides root could exchange the path in; undefined when there is none.
 * @throws NodeJS.ErrnoException EACCES where only root may look
 */
export async function unsafeAncestor(path: string): Promise<string | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = await lstat(folder).catch(unlessMissing);
    const sticky = found && (found.mode & constants.S_IFMT) === constants.S_IFDIR && found.mode & 0o1000;
    const writable = found && (found.mode & 0o022) !== 0 && !sticky;
    if (found && (found.uid !== 0 || writable || found.isSymbolicLink())) return folder;
    if (folder === "/") return undefined;
  }
}

/** For a path that may not be there. */
export function unlessMissing(thrown: unknown): undefined {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== "ENOENT" && code !== "ENOTDIR") throw thrown;
}

async function writeNew(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** After a power cut a renamed file must not be an empty one. */
async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function inTheWay(path: string, wanted: string): ForkpointError {
  return new ForkpointError("SETUP_BLOCKED", `${path} is in the way: it is not a ${wanted}.`, {
    hint: "Look at what it is, move it away, and run the set-up again.",
  });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
