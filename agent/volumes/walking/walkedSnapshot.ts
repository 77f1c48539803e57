import { ProcessFailed, type Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { unreadable } from "../unreadable.ts";
import { joinBytes } from "../bytePaths.ts";

/** A file, folder or other object of a snapshot with all its names, as one walk saw it. */
export interface WalkedInode {
  readonly number: number;
  /** As find(1) names it: f, d, l, p, s, c or b. */
  readonly type: string;
  /** Mode, owner, size and times of change to the nanosecond: what differs when anything was done to it. */
  readonly state: string;
  /** Seconds since 1970 of its last change of any kind. */
  readonly changedAt: number;
  /** Relative to the snapshot, as Latin-1 strings of their bytes; the root's is empty. */
  readonly names: string[];
}

export interface WalkedSnapshot {
  /** The snapshot's absolute path. */
  readonly root: string;
  /** By number; folders in an order in which each comes before what lies in it. */
  readonly inodes: ReadonlyMap<number, WalkedInode>;
  /** Seconds since 1970: nothing in it changed later. */
  readonly lastChange: number;
}

/** The folder that btrfs shows in a snapshot where a subvolume lay; send leaves it out as well. */
const placeholderInode = 2;
const rootInode = 256;

/**
 * Every entry of a read-only snapshot. Memory and time grow with the number of entries.
 * @throws ForkpointError FILES_UNREADABLE naming folders that this user cannot list; CANCELLED
 */
export async function walkSnapshot(
  processes: Processes,
  root: string,
  signal: AbortSignal,
): Promise<WalkedSnapshot> {
  const inodes = new Map<number, WalkedInode>();
  let lastChange = -Infinity;
  const listing = await list(processes, root, signal);
  for (let start = 0; start < listing.length;) {
    const end = listing.indexOf("\0", start);
    const record = listing.slice(start, end);
    start = end + 1;
    const typeAt = record.indexOf(" ") + 1;
    const stateAt = typeAt + 2;
    const pathAt = record.indexOf("/") + 1;
    const number = Number(record.slice(0, typeAt - 1));
    const name = record.slice(pathAt);
    if (number === placeholderInode || (number === rootInode && name !== "")) continue;
    const known = inodes.get(number);
    if (known) {
      known.names.push(name);
      continue;
    }
    const state = record.slice(stateAt, pathAt - 1);
    const changedAt = Number(state.slice(state.lastIndexOf(" ") + 1));
    lastChange = Math.max(lastChange, changedAt);
    inodes.set(number, { number, type: record.charAt(typeAt), state, changedAt, names: [name] });
  }
  return { root, inodes, lastChange };
}

/** The bytes of a path inside the snapshot, absolute. */
export function absolute(snapshot: WalkedSnapshot, name: string): Buffer {
  return joinBytes(Buffer.from(snapshot.root), Buffer.from(name, "latin1"));
}

async function list(processes: Processes, root: string, signal: AbortSignal): Promise<string> {
  const format = "%i %y %m %U %G %s %T@ %C@/%P\\0";
  try {
    const { stdout } = await processes.run("find", [".", "-xdev", "-printf", format], { cwd: root, signal });
    return stdout.toString("latin1");
  } catch (thrown) {
    if (!(thrown instanceof ProcessFailed)) throw thrown;
    throw (await closedFolders(processes, root, signal)) ?? thrown;
  }
}

/** The error that names the folders this user cannot list; null when there are none. */
async function closedFolders(
  processes: Processes,
  root: string,
  signal: AbortSignal,
): Promise<ForkpointError | null> {
  const closed = ["(", "!", "-readable", "-o", "!", "-executable", ")"];
  const args = [".", "-xdev", "-type", "d", ...closed, "-printf", "%P\\0", "-prune"];
  const { stdout } = await processes.run("find", args, { cwd: root, signal });
  const names = stdout.toString("latin1").split("\0").slice(0, -1);
  return names.length === 0
    ? null
    : unreadable(
        root,
        names.map((name) => Buffer.from(name, "latin1")),
      );
}
