import { chmodSync, lchownSync, lstatSync } from "node:fs";
import { geteuid } from "node:process";
import type { Processes } from "../../host/processes.ts";
import { depthOf } from "../bytePaths.ts";
import { restoreAttributes } from "../extendedAttributes.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import type { ReceivedPaths } from "./receivedPaths.ts";
import { SystemCalls, type EntryTimes } from "./systemCalls.ts";

/** What could not be kept for want of rights, in numbers of entries. */
export interface LeftOut {
  owners: number;
  attributes: number;
  special: number;
}

interface Wanted {
  readonly path: Buffer;
  owner: { readonly uid: number; readonly gid: number } | null;
  mode: number | null;
  readonly xattrs: Map<string, Buffer>;
  readonly removed: Set<string>;
  times: EntryTimes | null;
}

export type AttributeCommand = StreamCommand & {
  readonly kind: "chown" | "chmod" | "setXattr" | "removeXattr" | "utimes";
};

/** Only root may set these. */
const privilegedNames = /^(trusted|security)\./;
/** What a file of somebody else must not become when it turns into one's own: a program that runs as oneself. */
const setIdBits = 0o6000;

/**
 * Owners, modes, attributes and times that a stream asks for, kept until all contents are there: a folder may
 * be closed by its mode, and programs set them for many entries at once.
 */
export class DeferredAttributes {
  readonly #processes: Processes;
  readonly #root: string;
  readonly #paths: ReceivedPaths;
  readonly #leftOut: LeftOut;
  readonly #signal: AbortSignal;
  /** By path as Latin-1. */
  #wanted = new Map<string, Wanted>();

  constructor(parts: {
    processes: Processes;
    root: string;
    paths: ReceivedPaths;
    leftOut: LeftOut;
    signal: AbortSignal;
  }) {
    this.#processes = parts.processes;
    this.#root = parts.root;
    this.#paths = parts.paths;
    this.#leftOut = parts.leftOut;
    this.#signal = parts.signal;
  }

  add(command: AttributeCommand): void {
    this.#paths.place(command.path);
    const key = command.path.toString("latin1");
    const wanted = this.#wanted.get(key) ?? {
      path: command.path,
      owner: null,
      mode: null,
      xattrs: new Map<string, Buffer>(),
      removed: new Set<string>(),
      times: null,
    };
    this.#wanted.set(key, wanted);
    if (command.kind === "chown") wanted.owner = command;
    else if (command.kind === "chmod") wanted.mode = command.mode & 0o7777;
    else if (command.kind === "utimes") wanted.times = command;
    else {
      const name = command.name.toString("latin1");
      if (command.kind === "setXattr") wanted.xattrs.set(name, command.data);
      else wanted.xattrs.delete(name);
      if (command.kind === "setXattr") wanted.removed.delete(name);
      else wanted.removed.add(name);
    }
  }

  has(path: Buffer): boolean {
    return this.#wanted.has(path.toString("latin1"));
  }

  forget(path: Buffer): void {
    this.#wanted.delete(path.toString("latin1"));
  }

  /** Follows a rename of an entry, and of all that lies in it. */
  renamed(from: Buffer, to: Buffer): void {
    const old = from.toString("latin1");
    const moved = new Map<string, Wanted>();
    for (const [key, wanted] of this.#wanted) {
      if (key !== old && !key.startsWith(`${old}/`)) moved.set(key, wanted);
      else {
        const path = Buffer.concat([to, wanted.path.subarray(from.length)]);
        const times = wanted.times && { ...wanted.times, path };
        moved.set(path.toString("latin1"), { ...wanted, path, times });
      }
    }
    this.#wanted = moved;
  }

  /** Sets all that was asked for. @throws ForkpointError STREAM_INVALID; ProcessFailed */
  async apply(): Promise<void> {
    const all = [...this.#wanted.values()];
    this.#wanted = new Map();
    // What lay in a folder when it was named may lie behind a link by now, which programs would follow.
    this.#paths.forget();
    for (const { path } of all) this.#paths.place(path);
    for (const wanted of all) this.#chown(wanted);
    const calls = new SystemCalls(this.#processes, this.#root, this.#signal);
    const removals = all.flatMap(({ path, removed }) => [...removed].map((name) => ({ path, name })));
    if (!(await calls.removeAttributes(removals))) this.#leftOut.attributes += removals.length;
    await restoreAttributes(this.#processes, this.#root, this.#allowedAttributes(all), this.#signal);
    await calls.setTimes(all.flatMap(({ times }) => times ?? []));
    // Modes come last and inner ones first, since they can close folders.
    for (const wanted of all.sort((one, other) => depthOf(other.path) - depthOf(one.path))) {
      this.#chmod(wanted);
    }
  }

  #chown(wanted: Wanted): void {
    const { owner, path } = wanted;
    if (!owner) return;
    const place = this.#paths.place(path);
    const { uid, gid } = lstatSync(place);
    if (uid === owner.uid && gid === owner.gid) return;
    try {
      lchownSync(place, owner.uid, owner.gid);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EPERM") throw thrown;
      this.#leftOut.owners++;
      if (wanted.mode !== null) wanted.mode &= ~setIdBits;
    }
  }

  #allowedAttributes(all: readonly Wanted[]): { path: Buffer; xattrs: Map<string, Buffer> }[] {
    if (geteuid?.() === 0) return all.filter(({ xattrs }) => xattrs.size > 0);
    return all.flatMap(({ path, xattrs }) => {
      const allowed = new Map([...xattrs].filter(([name]) => !privilegedNames.test(name)));
      this.#leftOut.attributes += xattrs.size - allowed.size;
      return allowed.size > 0 ? [{ path, xattrs: allowed }] : [];
    });
  }

  #chmod({ path, mode }: Wanted): void {
    if (mode === null) return;
    const place = this.#paths.place(path);
    // chmod follows links, and the stream may have made one here.
    if (!lstatSync(place).isSymbolicLink()) chmodSync(place, mode);
  }
}
