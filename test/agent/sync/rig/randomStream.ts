import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";

/** Makes commands that fit the tree which those before have made: folders, links, empty files, and what moves. */
export class RandomStream {
  readonly #random: () => number;
  readonly #folders = new Set([""]);
  /** Of anything but folders. */
  readonly #leaves = new Set<string>();
  #next = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  commands(count: number): StreamCommand[] {
    return Array.from({ length: count }, () => this.#command());
  }

  #command(): StreamCommand {
    const leaf = this.#pick(this.#leaves);
    const folder = this.#pick(this.#folders);
    const number = this.#next++;
    const fresh = `${folder === "" ? "" : `${folder}/`}${this.#pickFrom(["a", "ü", "Z"])}-${number}`;
    const roll = this.#random();
    if (leaf === "" || roll < 0.3) {
      this.#leaves.add(fresh);
      return roll < 0.2
        ? { kind: "mkfile", path: bytes(fresh), inode: number }
        : { kind: "symlink", path: bytes(fresh), inode: number, target: bytes(`to ${number}`) };
    }
    if (roll < 0.4) {
      this.#folders.add(fresh);
      return { kind: "mkdir", path: bytes(fresh), inode: number };
    }
    if (roll < 0.5) {
      this.#leaves.delete(leaf);
      this.#leaves.add(fresh);
      return { kind: "rename", path: bytes(leaf), to: bytes(fresh) };
    }
    if (roll < 0.54 && folder !== "") return this.#moveFolder(folder, number);
    if (roll < 0.58) {
      this.#leaves.add(fresh);
      return { kind: "link", path: bytes(fresh), target: bytes(leaf) };
    }
    if (roll < 0.68) {
      this.#leaves.delete(leaf);
      return { kind: "unlink", path: bytes(leaf) };
    }
    if (roll < 0.72) {
      const empty = [...this.#folders].find((each) => each !== "" && !this.#hasBelow(each));
      if (empty !== undefined) {
        this.#folders.delete(empty);
        return { kind: "rmdir", path: bytes(empty) };
      }
    }
    const path = bytes(roll < 0.86 ? leaf : folder);
    const time = { seconds: number, nanoseconds: 0 };
    return roll < 0.8
      ? { kind: "chmod", path, mode: number % 0o777 }
      : { kind: "utimes", path, atime: time, mtime: time, ctime: time };
  }

  /** To the root, so that it never comes to lie in itself. */
  #moveFolder(folder: string, number: number): StreamCommand {
    const to = `moved-${number}`;
    for (const set of [this.#folders, this.#leaves]) {
      for (const path of [...set]) {
        if (path !== folder && !path.startsWith(`${folder}/`)) continue;
        set.delete(path);
        set.add(to + path.slice(folder.length));
      }
    }
    return { kind: "rename", path: bytes(folder), to: bytes(to) };
  }

  #hasBelow(folder: string): boolean {
    return [...this.#folders, ...this.#leaves].some((path) => path.startsWith(`${folder}/`));
  }

  #pick(set: ReadonlySet<string>): string {
    return this.#pickFrom([...set]) ?? "";
  }

  #pickFrom<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }
}

function bytes(path: string): Buffer {
  return Buffer.from(path, "utf8");
}
