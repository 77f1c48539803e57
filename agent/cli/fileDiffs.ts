import { isUtf8 } from "node:buffer";
import type { Change } from "../protocol/change.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { looksBinary } from "./looksBinary.ts";
import { snapshotFile } from "./snapshotFile.ts";
import { type TextDiff, unifiedDiff } from "./unifiedDiff.ts";

/** What is larger is named and not read. */
const largestBytes = 1024 * 1024;
/** Of all files together, both sides. */
const mostBytes = 64 * 1024 * 1024;

export interface FileDiff {
  readonly change: Change;
  /** How its text differs; null when it has none that could be compared. */
  readonly text: TextDiff | null;
  /** Why there is no text, in words; null when there is one. */
  readonly why: string | null;
}

/** A side of a comparison: the folder that holds it. */
export interface Roots {
  readonly older: string;
  readonly newer: string;
}

/** Reads the files that differ, one after the other, as long as that is no great work. */
export async function* fileDiffs(changes: readonly Change[], roots: Roots): AsyncGenerator<FileDiff> {
  const origins = new Map(changes.flatMap(({ path, from }) => (from === undefined ? [] : [[path, from]])));
  let left = mostBytes;
  for (const change of changes) {
    const { kind, path, type } = change;
    const without = (why: string): FileDiff => ({ change, text: null, why });
    if (kind === "renamed") yield without("another name");
    else if (kind === "metadata") yield without("other attributes");
    else if (type !== "file") yield without(type === "symlink" ? "a symbolic link" : `a ${type}`);
    else {
      const older = kind === "added" ? "" : await readText(roots.older, originOf(path, origins), left);
      const newer = kind === "removed" ? "" : await readText(roots.newer, path, left);
      if (typeof older !== "string") yield without(older.why);
      else if (typeof newer !== "string") yield without(newer.why);
      else {
        left -= older.length + newer.length;
        yield { change, text: unifiedDiff(older, newer), why: null };
      }
    }
  }
}

/** Where a path of the newer side was on the older one. */
function originOf(path: string, origins: ReadonlyMap<string, string>): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const origin = origins.get(path.slice(0, end));
    if (origin !== undefined) return origin + path.slice(end);
  }
  return path;
}

async function readText(root: string, path: string, left: number): Promise<string | { why: string }> {
  try {
    const file = await snapshotFile(root, path);
    if (file.size > largestBytes) return { why: "too large to compare" };
    if (file.size > left) return { why: "not compared, after so much text" };
    const pieces: Buffer[] = [];
    for await (const piece of file.pieces()) {
      pieces.push(piece);
      // A file of the workspace may grow while it is read.
      if (pieces.length > 2) return { why: "too large to compare" };
    }
    const bytes = Buffer.concat(pieces);
    return looksBinary(bytes) || !isUtf8(bytes) ? { why: "binary" } : bytes.toString();
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code === "PATH_NOT_FOUND") return { why: "no file there" };
    const { code } = thrown as { code?: unknown };
    if (code === "FILES_UNREADABLE" || code === "EACCES") return { why: "not readable for you" };
    throw thrown;
  }
}
