import { readlinkSync, lstatSync } from "node:fs";
import type { StreamCommand } from "../sendStream/commands.ts";
import type { Pair, PairedInodes } from "./pairedInodes.ts";
import { absolute, type WalkedInode, type WalkedSnapshot } from "./walkedSnapshot.ts";

/**
 * The commands that lead from the names of one snapshot to those of another. What ends goes first, while
 * every old path is still where it was; what moves waits under a name at the root that neither has; then
 * folders are placed from the top down, and all else in them.
 */
export function* nameSteps(
  older: WalkedSnapshot,
  newer: WalkedSnapshot,
  paired: PairedInodes,
): Generator<StreamCommand> {
  yield* new NameSteps(older, newer, paired).run();
}

class NameSteps {
  readonly #older: WalkedSnapshot;
  readonly #newer: WalkedSnapshot;
  readonly #paired: PairedInodes;
  /** Where each folder that both have lies in the newer snapshot, by its path in the older. */
  readonly #foldersNow = new Map<string, string>();
  /** Where what moves waits, by inode number. */
  readonly #waiting = new Map<number, string>();
  readonly #waitingPrefix: string;
  readonly #foldersUnmoved: boolean;

  constructor(older: WalkedSnapshot, newer: WalkedSnapshot, paired: PairedInodes) {
    this.#older = older;
    this.#newer = newer;
    this.#paired = paired;
    this.#waitingPrefix = unusedPrefix([older, newer]);
    for (const { older: before, newer: now } of paired.values()) {
      if (now.type === "d") this.#foldersNow.set(nameOf(before), nameOf(now));
    }
    this.#foldersUnmoved = [...older.inodes.values()].every(
      (inode) => inode.type !== "d" || this.#foldersNow.get(nameOf(inode)) === nameOf(inode),
    );
  }

  *run(): Generator<StreamCommand> {
    yield* this.#endNames();
    yield* this.#clearFolders();
    for (const inode of this.#newer.inodes.values()) {
      if (inode.type === "d") yield* this.#placeFolder(inode);
    }
    for (const inode of this.#newer.inodes.values()) {
      if (inode.type !== "d") yield* this.#placeNames(inode);
    }
  }

  *#endNames(): Generator<StreamCommand> {
    for (const inode of this.#older.inodes.values()) {
      if (inode.type === "d") continue;
      const now = this.#paired.get(inode.number)?.newer;
      if (now && this.#isUnmoved(inode, now)) continue;
      const ending = inode.names.filter((name) => !now || !this.#stays(name, now));
      if (now && ending.length === inode.names.length) {
        yield this.#setAside(inode.number, ending.shift() ?? "");
      }
      for (const name of ending) yield { kind: "unlink", path: bytes(name) };
    }
  }

  /** Inner folders first, so that those around them are still in their old places. */
  *#clearFolders(): Generator<StreamCommand> {
    for (const inode of [...this.#older.inodes.values()].reverse()) {
      if (inode.type !== "d") continue;
      const name = nameOf(inode);
      const now = this.#paired.get(inode.number)?.newer;
      if (!now) yield { kind: "rmdir", path: bytes(name) };
      else if (!this.#stays(name, now)) yield this.#setAside(inode.number, name);
    }
  }

  *#placeFolder(inode: WalkedInode): Generator<StreamCommand> {
    const path = bytes(nameOf(inode));
    const waiting = this.#waiting.get(inode.number);
    if (waiting !== undefined) yield { kind: "rename", path: bytes(waiting), to: path };
    else if (!this.#paired.has(inode.number)) yield { kind: "mkdir", path, inode: inode.number };
  }

  *#placeNames(inode: WalkedInode): Generator<StreamCommand> {
    const pair = this.#paired.get(inode.number);
    if (pair && this.#isUnmoved(pair.older, inode)) return;
    const kept = pair ? this.#keptNames(pair) : new Set<string>();
    const names = inode.names.filter((name) => !kept.has(name));
    let first = [...kept][0];
    if (first === undefined) {
      first = names.shift() ?? "";
      const waiting = this.#waiting.get(inode.number);
      if (waiting === undefined) yield this.#make(inode, first);
      else yield { kind: "rename", path: bytes(waiting), to: bytes(first) };
    }
    for (const name of names) yield { kind: "link", path: bytes(name), target: bytes(first) };
  }

  #make(inode: WalkedInode, name: string): StreamCommand {
    const path = bytes(name);
    const common = { path, inode: inode.number };
    if (inode.type === "f") return { kind: "mkfile", ...common };
    const place = absolute(this.#newer, name);
    if (inode.type === "l") {
      return { kind: "symlink", ...common, target: readlinkSync(place, { encoding: "buffer" }) };
    }
    const { mode, rdev } = lstatSync(place, { bigint: true });
    const kind = inode.type === "p" ? "mkfifo" : inode.type === "s" ? "mksock" : "mknod";
    return { kind, ...common, mode: Number(mode), rdev };
  }

  #setAside(number: number, name: string): StreamCommand {
    const waiting = `${this.#waitingPrefix}${number}`;
    this.#waiting.set(number, waiting);
    return { kind: "rename", path: bytes(name), to: bytes(waiting) };
  }

  #keptNames({ older, newer }: Pair): Set<string> {
    const kept = new Set<string>();
    for (const name of older.names) {
      if (this.#stays(name, newer)) kept.add(this.#carried(name) ?? "");
    }
    return kept;
  }

  /** Quickly, for what is nearly everything: one name, and no folder anywhere that moved. */
  #isUnmoved(before: WalkedInode, now: WalkedInode): boolean {
    return (
      this.#foldersUnmoved &&
      before.names.length === 1 &&
      now.names.length === 1 &&
      before.names[0] === now.names[0]
    );
  }

  /** Whether a name is still the inode's own in the same folder, wherever that lies now. */
  #stays(name: string, now: WalkedInode): boolean {
    const carried = this.#carried(name);
    return carried !== null && now.names.includes(carried);
  }

  /** The path to which an old name comes when its folder moves; null when the folder ends. */
  #carried(name: string): string | null {
    if (name === "") return "";
    const slash = name.lastIndexOf("/");
    const folder = this.#foldersNow.get(slash === -1 ? "" : name.slice(0, slash));
    if (folder === undefined) return null;
    return folder === "" ? name.slice(slash + 1) : `${folder}/${name.slice(slash + 1)}`;
  }
}

/** The beginning of names that nothing at the root of the snapshots has. */
function unusedPrefix(snapshots: readonly WalkedSnapshot[]): string {
  const atRoot: string[] = [];
  for (const { inodes } of snapshots) {
    for (const { names } of inodes.values()) atRoot.push(...names.filter((name) => !name.includes("/")));
  }
  let prefix = "o-";
  while (atRoot.some((name) => name.startsWith(prefix))) prefix = `o${prefix}`;
  return prefix;
}

function nameOf(inode: WalkedInode): string {
  return inode.names[0] ?? "";
}

function bytes(name: string): Buffer {
  return Buffer.from(name, "latin1");
}
