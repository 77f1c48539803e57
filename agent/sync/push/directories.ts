import type { BlobReader } from "../../repository/blobReader.ts";
import { readTree } from "../../repository/structureReader.ts";
import { NodeSpill } from "./nodeSpill.ts";
import { directoryOf, leafOf, type DirectoryNode, type LeafNode, type SnapshotNode } from "./nodes.ts";

/** So many nodes stay in memory; each weighs most of a KiB. */
const mostNodes = 12_000;

/**
 * What the directories of a tree under change hold. Those of the base are read when they are first asked for. When
 * more has come together than memory should hold, it goes to a spill, from where each node comes back by
 * itself. So memory does not grow with the tree, except with its widest directory and with files of several names
 * that are concerned, which stay.
 */
export class Directories {
  readonly #blobs: BlobReader;
  readonly #signal: AbortSignal;
  readonly #stays: (node: LeafNode) => boolean;
  readonly #mostNodes: number;
  #spill: NodeSpill | null = null;
  #spilledDirectories = 0;
  /** Nodes in memory, about. */
  #count = 0;
  #limit: number;

  /** @param parts.stays whether others refer to this very node */
  constructor(parts: {
    readonly blobs: BlobReader;
    readonly signal: AbortSignal;
    readonly stays: (node: LeafNode) => boolean;
    readonly mostNodes?: number;
  }) {
    this.#blobs = parts.blobs;
    this.#signal = parts.signal;
    this.#stays = parts.stays;
    this.#limit = this.#mostNodes = parts.mostNodes ?? mostNodes;
  }

  async get(directory: DirectoryNode, name: string): Promise<SnapshotNode | undefined> {
    const children = directory.children ?? (await this.#load(directory));
    const here = children.get(name);
    if (here || directory.spilled === null) return here;
    const back = this.#spill?.take(directory.spilled, name, directory);
    if (back) this.#keep(children, name, back);
    return back;
  }

  /** The name must not be there. */
  async add(directory: DirectoryNode, name: string, node: SnapshotNode): Promise<void> {
    this.#keep(directory.children ?? (await this.#load(directory)), name, node);
  }

  async isEmpty(directory: DirectoryNode): Promise<boolean> {
    const children = directory.children ?? (await this.#load(directory));
    return children.size === 0 && !(directory.spilled !== null && this.#spill?.has(directory.spilled));
  }

  /** All that a directory holds, sorted by the bytes of the names. To be read only: it is not kept. */
  async all(directory: DirectoryNode): Promise<[string, SnapshotNode][]> {
    const here = [...(directory.children ?? (await this.#load(directory)))];
    const there = directory.spilled === null ? [] : (this.#spill?.all(directory.spilled, directory) ?? []);
    return [...here, ...there].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Bytes of files to be read for what is spilled; what is in memory is not part of it. */
  unreadBytes(): number {
    return this.#spill?.unreadBytes() ?? 0;
  }

  /**
   * Spills when there is too much. Afterwards no node that was found before may be used any more, but those that stay.
   * @returns whether it did
   */
  relax(root: DirectoryNode): boolean {
    if (this.#count <= this.#limit) return false;
    const spill = (this.#spill ??= new NodeSpill());
    this.#count = this.#empty(root, spill);
    this.#limit = Math.max(this.#mostNodes, 2 * this.#count);
    return true;
  }

  close(): void {
    this.#spill?.close();
  }

  #keep(children: Map<string, SnapshotNode>, name: string, node: SnapshotNode): void {
    children.set(name, node);
    this.#count++;
  }

  async #load(directory: DirectoryNode): Promise<Map<string, SnapshotNode>> {
    const children = new Map<string, SnapshotNode>();
    // What was read of the base before it was spilled has gone there with all else.
    const entries =
      directory.base && directory.spilled === null
        ? await readTree(this.#blobs, directory.base, this.#signal)
        : [];
    for (const entry of entries) {
      if ("link" in entry) children.set(entry.name, { kind: "link", link: entry.link });
      else if (entry.inode.type === "directory") {
        children.set(entry.name, directoryOf(entry.inode, directory, entry.name));
      } else children.set(entry.name, leafOf(entry.inode, directory, entry.name));
    }
    this.#count += children.size;
    directory.children = children;
    return children;
  }

  /** Takes out of memory what is below; gives how many nodes must stay. */
  #empty(directory: DirectoryNode, spill: NodeSpill): number {
    const { children } = directory;
    if (!children) return 0;
    let below = 0;
    const free: [string, SnapshotNode][] = [];
    for (const [name, node] of children) {
      const staying = node.kind === "directory" ? this.#empty(node, spill) : 0;
      below += staying;
      if (staying === 0 && !(node.kind === "leaf" && this.#stays(node))) free.push([name, node]);
    }
    if (!directory.dirty) {
      // It is as it was: all of it can be read again, or none of it.
      if (free.length < children.size) return below + children.size;
      directory.children = null;
      return 0;
    }
    // One that has lost all it had in the base must not get that back.
    if (free.length > 0 || directory.base) directory.spilled ??= ++this.#spilledDirectories;
    for (const [name, node] of free) {
      spill.put(directory.spilled ?? 0, name, node);
      children.delete(name);
    }
    if (children.size === 0) directory.children = null;
    return below + children.size;
  }
}
