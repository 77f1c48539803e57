import { randomBytes } from "node:crypto";
import type { Attributes, Inode } from "../../../repository/inodeFormat.ts";
import { attributeSteps, makeStep, type PlanStep } from "../snapshotPlan.ts";
import type { ChunkSources } from "./chunkSources.ts";
import type { FileEdit } from "./fileEdit.ts";
import type { Moves } from "./moves.ts";

/** The final attributes of one entry. */
export interface Dressing {
  readonly path: string;
  readonly type: Inode["type"];
  readonly to: Attributes;
  /** Names of attributes to take away, where they are. */
  readonly without: readonly string[];
}

/** Anything but a directory. */
export type Leaf = Exclude<Inode, { type: "directory" }>;

/** All that makes one snapshot out of another. Paths are byte strings, relative to the snapshot. */
export interface Remaking {
  /** Bytes that must be fetched. */
  readonly fetchedBytes: number;
  readonly moves: Moves;
  readonly sources: ChunkSources;
  /** Names that the root directory has before or afterwards. */
  readonly rootNames: ReadonlySet<string>;
  readonly edits: readonly FileEdit[];
  readonly dressings: ReadonlyMap<string, Dressing>;
  /** What is to be made, in this order. */
  readonly leaves: readonly { readonly path: string; readonly inode: Leaf }[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/**
 * The send stream of it, with placeholders where bytes must be fetched. First names come to their places, then files to
 * their contents, then everything to its attributes.
 * @param name what the subvolume is to be called
 */
export function* remakingSteps(remaking: Remaking, name: string): Generator<PlanStep> {
  const [uuid, cloneUuid] = [randomBytes(16), randomBytes(16)];
  yield { kind: "snapshot", path: bytesOf(name), uuid, ctransid: 1n, cloneUuid, cloneCtransid: 1n };
  yield* nameSteps(remaking);
  for (const edit of remaking.edits) yield* contentSteps(edit, remaking.sources, cloneUuid);
  for (const { path, type, to, without } of remaking.dressings.values()) {
    const bytes = bytesOf(path);
    for (const each of without) yield { kind: "removeXattr", path: bytes, name: bytesOf(each) };
    yield* attributeSteps(bytes, to, type);
  }
  yield { kind: "end" };
}

/** What moves waits in a folder of its own meanwhile, so that no two names ever meet. */
function* nameSteps({ moves, leaves, links, rootNames }: Remaking): Generator<PlanStep> {
  const { moved, made, unlinked, emptied } = moves;
  const waiting = freeName(rootNames);
  const place = (at: number) => bytesOf(`${waiting}/${at}`);
  if (moved.length > 0) yield { kind: "mkdir", path: bytesOf(waiting), inode: 0 };
  for (const [at, { from }] of moved.entries()) {
    yield { kind: "rename", path: bytesOf(from.path), to: place(at) };
  }
  for (const { path } of unlinked) yield { kind: "unlink", path: bytesOf(path) };
  for (const { path } of emptied) yield { kind: "rmdir", path: bytesOf(path) };
  for (const { path, entry } of made) {
    if ("inode" in entry && entry.inode.type === "directory")
      yield { kind: "mkdir", path: bytesOf(path), inode: 0 };
  }
  for (const [at, { to }] of moved.entries()) yield { kind: "rename", path: place(at), to: bytesOf(to.path) };
  if (moved.length > 0) yield { kind: "rmdir", path: bytesOf(waiting) };
  for (const { path, inode } of leaves) yield makeStep(bytesOf(path), inode, 0);
  for (const { path, target } of links) {
    yield { kind: "link", path: bytesOf(path), target: bytesOf(target) };
  }
}

function freeName(rootNames: ReadonlySet<string>): string {
  for (let at = 0; ; at++) {
    const name = `.forkpoint-waiting-${at}`;
    if (!rootNames.has(name)) return name;
  }
}

function* contentSteps(
  { path: name, cut, runs, kept, size }: FileEdit,
  sources: ChunkSources,
  cloneUuid: Buffer,
): Generator<PlanStep> {
  const path = bytesOf(name);
  if (cut !== null) yield { kind: "truncate", path, size: cut };
  const copies: { offset: number; length: number; path: string; from: number }[] = [];
  let end = kept;
  for (const bytes of runs) {
    const { offset, length } = bytes;
    const source = sources.find(bytes);
    if (!source) {
      yield { kind: "chunk", path, ...bytes, overwrites: offset < kept };
      end = Math.max(end, offset + length);
      continue;
    }
    const last = copies.at(-1);
    const follows =
      last?.path === source.path &&
      last.offset + last.length === offset &&
      last.from + last.length === source.offset;
    if (follows) last.length += length;
    else copies.push({ offset, length, path: source.path, from: source.offset });
  }
  if (end < size) yield { kind: "truncate", path, size };
  for (const { offset, length, path: clonePath, from } of copies) {
    const source = { cloneUuid, cloneCtransid: 1n, clonePath: bytesOf(clonePath), cloneOffset: from };
    yield { kind: "clone", path, offset, length, ...source };
  }
}

function bytesOf(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
