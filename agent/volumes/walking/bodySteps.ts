import { closeSync, constants, lstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Processes } from "../../host/processes.ts";
import { sameBytes } from "../comparison/sameBytes.ts";
import {
  attributeBytes,
  attributesBelow,
  attributesOf,
  type ExtendedAttributes,
} from "../extendedAttributes.ts";
import type { StreamCommand, Timespec } from "../sendStream/commands.ts";
import { maxWriteBytes } from "../sendStream/writer.ts";
import { unreadable } from "../unreadable.ts";
import type { PairedInodes } from "./pairedInodes.ts";
import { absolute, type WalkedInode, type WalkedSnapshot } from "./walkedSnapshot.ts";

/** Files that kept size and time are compared in full; of others, those where the answer comes soon. */
const soonComparedBytes = 64 * 1024 * 1024;
/** Entries between two moments for other work of the process. */
const atAStretch = 1000;
const permissionBits = 0o7777n;
const nanosecondsPerSecond = 1_000_000_000n;

export interface BodyStepsParts {
  readonly processes: Processes;
  /** null when everything is to be made. */
  readonly older: WalkedSnapshot | null;
  readonly newer: WalkedSnapshot;
  readonly paired: PairedInodes;
  /** Name what was written instead of giving it. */
  readonly noData: boolean;
  readonly signal: AbortSignal;
}

/**
 * The commands that give everything in a snapshot, once all names are in place, its content, owner, mode,
 * attributes and times. A file that differs is written as a whole. Folders come last, inner ones first.
 */
export async function* bodySteps(parts: BodyStepsParts): AsyncGenerator<StreamCommand> {
  const { older, newer, paired, signal } = parts;
  const concerned = [...newer.inodes.values()].filter(
    ({ number }) => !older || paired.get(number)?.change !== "same",
  );
  if (concerned.length === 0) return;
  const attributes = await readAttributes(parts, concerned);
  const folders = concerned.filter(({ type }) => type === "d").reverse();
  let done = 0;
  for (const inode of [...concerned.filter(({ type }) => type !== "d"), ...folders]) {
    signal.throwIfAborted();
    if (++done % atAStretch === 0) await setImmediate();
    yield* stepsOf(parts, inode, attributes);
  }
}

interface BothAttributes {
  readonly older: ReadonlyMap<string, ExtendedAttributes>;
  readonly newer: ReadonlyMap<string, ExtendedAttributes>;
}

async function readAttributes(
  { processes, older, newer, paired, signal }: BodyStepsParts,
  concerned: readonly WalkedInode[],
): Promise<BothAttributes> {
  if (!older) return { older: new Map(), newer: await attributesBelow(processes, newer.root, signal) };
  const before = concerned.flatMap(({ number }) => paired.get(number)?.older.names[0] ?? []);
  const now = concerned.map(({ names }) => names[0] ?? "");
  const [olderOnes, newerOnes] = await Promise.all([
    attributesOf(processes, older.root, before, signal),
    attributesOf(processes, newer.root, now, signal),
  ]);
  return { older: olderOnes, newer: newerOnes };
}

async function* stepsOf(
  parts: BodyStepsParts,
  inode: WalkedInode,
  attributes: BothAttributes,
): AsyncGenerator<StreamCommand> {
  const { older, newer, paired } = parts;
  const name = inode.names[0] ?? "";
  const path = Buffer.from(name, "latin1");
  const place = absolute(newer, name);
  const now = lstatSync(place, { bigint: true });
  const pair = older ? paired.get(inode.number) : undefined;
  const origin = pair?.older.names[0] ?? "";
  const old = older && pair ? absolute(older, origin) : null;
  const before = old ? lstatSync(old, { bigint: true }) : null;
  const doubtful = pair?.change === "doubtful";

  if (now.isFile() && !(old && before && (await sameContent({ old, before }, { place, now })))) {
    yield* contentSteps(path, place, { before: before?.size ?? null, now: now.size }, parts);
  }
  const ownerDiffers = before?.uid !== now.uid || before.gid !== now.gid;
  if (ownerDiffers) yield { kind: "chown", path, uid: Number(now.uid), gid: Number(now.gid) };
  // A change of owner takes setuid bits away.
  if (!now.isSymbolicLink() && (ownerDiffers || before.mode !== now.mode)) {
    yield { kind: "chmod", path, mode: Number(now.mode & permissionBits) };
  }
  yield* attributeSteps(
    path,
    pair ? attributes.older.get(origin) : undefined,
    attributes.newer.get(name === "" && !older ? "." : name),
  );
  if (doubtful) return;
  const [atime, mtime, ctime] = [timespec(now.atimeNs), timespec(now.mtimeNs), timespec(now.ctimeNs)];
  yield { kind: "utimes", path, atime, mtime, ctime };
}

async function sameContent(
  { old, before }: { readonly old: Buffer; readonly before: BigIntStats },
  { place, now }: { readonly place: Buffer; readonly now: BigIntStats },
): Promise<boolean> {
  if (before.size !== now.size) return false;
  return sameBytes(old, place, before.mtimeNs === now.mtimeNs ? Infinity : soonComparedBytes);
}

function* contentSteps(
  path: Buffer,
  place: Buffer,
  size: { readonly before: bigint | null; readonly now: bigint },
  { noData, newer }: BodyStepsParts,
): Generator<StreamCommand> {
  const length = Number(size.now);
  if (noData) {
    if (length > 0) yield { kind: "updateExtent", path, offset: 0, length };
    if (size.before !== null && size.before > size.now) yield { kind: "truncate", path, size: length };
    return;
  }
  if (size.before !== null && size.before > 0n) yield { kind: "truncate", path, size: 0 };
  let written = 0;
  for (const { offset, data } of pieces(place, length, newer.root, path)) {
    yield { kind: "write", path, offset, data };
    written = offset + data.length;
  }
  if (written < length) yield { kind: "truncate", path, size: length };
}

/** What a file holds besides zeros. */
function* pieces(
  place: Buffer,
  length: number,
  root: string,
  path: Buffer,
): Generator<{ offset: number; data: Buffer }> {
  if (length === 0) return;
  const file = openToRead(place, root, path);
  try {
    for (let offset = 0; offset < length;) {
      const data = Buffer.alloc(Math.min(maxWriteBytes, length - offset));
      const count = readSync(file, data, 0, data.length, offset);
      if (count === 0) throw new Error(`A file of the snapshot ${root} ends before its end.`);
      if (!data.subarray(0, count).every((byte) => byte === 0))
        yield { offset, data: data.subarray(0, count) };
      offset += count;
    }
  } finally {
    closeSync(file);
  }
}

function openToRead(place: Buffer, root: string, path: Buffer): number {
  try {
    return openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EACCES") throw thrown;
    throw unreadable(root, [path]);
  }
}

function* attributeSteps(
  path: Buffer,
  before: ExtendedAttributes | undefined,
  now: ExtendedAttributes | undefined,
): Generator<StreamCommand> {
  for (const name of before?.keys() ?? []) {
    if (!now?.has(name)) yield { kind: "removeXattr", path, name: Buffer.from(name, "latin1") };
  }
  for (const [name, value] of now ?? []) {
    if (before?.get(name) === value) continue;
    yield { kind: "setXattr", path, name: Buffer.from(name, "latin1"), data: attributeBytes(value) };
  }
}

function timespec(nanoseconds: bigint): Timespec {
  const rest = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond;
  return { seconds: Number((nanoseconds - rest) / nanosecondsPerSecond), nanoseconds: Number(rest) };
}
