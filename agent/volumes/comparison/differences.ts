import type { LongCall } from "../../host/longCall.ts";
import type { Privileged } from "../privileged/privileged.ts";
import { readSendStream } from "../sendStream/reader.ts";
import { Namespace, pathOf, type EntryType, type Inode, type Name } from "./namespace.ts";

export interface Created {
  readonly path: Buffer;
  readonly inode: Inode;
}
/** Has another name or lies in another folder; the two paths are equal when the folder was made anew. */
export interface Moved {
  readonly from: Buffer;
  readonly path: Buffer;
  readonly inode: Inode;
}
/** Kept a name: `origin` in the older snapshot, `path` in the newer. */
export interface Changed {
  readonly origin: Buffer;
  readonly path: Buffer;
  readonly inode: Inode;
}
export interface Removed {
  readonly path: Buffer;
  readonly type: EntryType;
}

/**
 * What leads from one snapshot to another, as names and inodes. Paths of `removed` and `Moved.from` are those
 * of the older snapshot.
 */
export interface Differences {
  readonly created: Created[];
  readonly moved: Moved[];
  readonly removed: Removed[];
  readonly changed: Changed[];
  /** A name, in the newer snapshot, of each touched inode that the older one had. */
  readonly kept: Map<Inode, Buffer>;
}

/**
 * Reads how `to` differs from `from`, two read-only snapshots of one pool, from `send --no-data`.
 * Cost follows the difference, not the size.
 */
export async function readDifferences(
  privileged: Privileged,
  snapshots: { readonly from: string; readonly to: string },
  call: LongCall,
): Promise<Differences> {
  const names = new Namespace(snapshots.from);
  const bytes = privileged.send(snapshots.to, { parent: snapshots.from, noData: true }, call.signal);
  let done = 0;
  for await (const command of readSendStream(bytes)) {
    names.apply(command);
    if (++done % 5000 === 0) {
      call.report({ message: "Comparing", done, total: null, unit: "steps", rate: null });
    }
  }
  return collect(names);
}

function collect(names: Namespace): Differences {
  const differences: Differences = { created: [], moved: [], removed: [], changed: [], kept: new Map() };
  const ended = new EndedNames(names.removed);
  const seen = new Set<Inode>();
  const open: Name[] = [names.root];
  for (let at = open.pop(); at; at = open.pop()) {
    for (const child of at.children?.values() ?? []) open.push(child);
    const path = pathOf(at);
    const { inode } = at;
    const origin = at.origin ?? ended.take(inode, path);
    if (origin === null) {
      differences.created.push({ path, inode });
      continue;
    }
    differences.kept.set(inode, path);
    if (at.parent !== null && !hasOwnPlace(at, origin)) differences.moved.push({ from: origin, path, inode });
    if ((inode.content || inode.attributes || inode.times) && !seen.has(inode)) {
      differences.changed.push({ origin, path, inode });
      seen.add(inode);
    }
  }
  differences.removed.push(...ended.rest());
  return differences;
}

/** The kernel renames a file by a new link and an unlink; this finds the old name of such a new one. */
class EndedNames {
  readonly #byInode = new Map<Inode, Buffer[]>();

  constructor(removed: readonly Name[]) {
    for (const { inode, origin } of removed) {
      if (!origin) continue;
      const known = this.#byInode.get(inode);
      if (known) known.push(origin);
      else this.#byInode.set(inode, [origin]);
    }
  }

  /** The old name that became `path`, the same one if there is; null when none of the inode's ended. */
  take(inode: Inode, path: Buffer): Buffer | null {
    const origins = this.#byInode.get(inode);
    if (!origins) return null;
    const same = origins.findIndex((origin) => origin.equals(path));
    return origins.splice(Math.max(same, 0), 1)[0] ?? null;
  }

  rest(): Removed[] {
    return [...this.#byInode].flatMap(([{ type }, origins]) => origins.map((path) => ({ path, type })));
  }
}

/** Whether the name stayed where it was within its parent, so that it moved, if at all, along with it. */
function hasOwnPlace(at: Name, origin: Buffer): boolean {
  const parentOrigin = at.parent?.origin;
  if (!parentOrigin) return false;
  const expected =
    parentOrigin.length === 0 ? at.name : Buffer.concat([parentOrigin, Buffer.from("/"), at.name]);
  return expected.equals(origin);
}
