import { ForkpointError } from "../../protocol/errors.ts";
import type { BlobReader } from "../../repository/blobReader.ts";
import type { Digest } from "../../repository/digest.ts";
import type { TreeRef } from "../../repository/structureReader.ts";
import type { Attributes } from "../../repository/inodeFormat.ts";
import { Directories } from "./directories.ts";
import { LinkTableEditor } from "./linkTableEditor.ts";
import {
  copyAttributes,
  markDirty,
  newDirectory,
  newLeaf,
  type DirectoryNode,
  type EditedAttributes,
  type LeafBody,
  type LeafNode,
  type SnapshotNode,
} from "./nodes.ts";

/** The snapshot an edit starts from. */
export interface EditBase {
  readonly root: TreeRef;
  readonly attributes: Attributes;
  readonly links: Digest | null;
}

/**
 * The tree of a snapshot under change. Directories of the base are loaded when a command first names
 * something in them; all others stay what they are, one digest each.
 */
export class TreeEditor {
  readonly root: DirectoryNode;
  readonly links: LinkTableEditor;
  /** Leaves that have, or had, several names and that a command concerned. */
  readonly shared = new Set<LeafNode>();
  readonly directories: Directories;
  /** The directory looked up last: streams stay in one for many commands. */
  #last: { path: string; directory: DirectoryNode } | null = null;

  /** @param mostNodes so many stay in memory; for tests */
  constructor(blobs: BlobReader, base: EditBase | null, signal: AbortSignal, mostNodes?: number) {
    const stays = (node: LeafNode) => node.link !== null || this.shared.has(node);
    this.directories = new Directories({
      ...{ blobs, signal, stays },
      ...(mostNodes === undefined ? {} : { mostNodes }),
    });
    this.links = new LinkTableEditor(blobs, base?.links ?? null, signal);
    this.root = base
      ? {
          kind: "directory",
          attributes: copyAttributes(base.attributes),
          parent: null,
          name: "",
          base: base.root,
          children: null,
          spilled: null,
          dirty: false,
        }
      : newDirectory(null, "");
  }

  async makeLeaf(path: Buffer, body: LeafBody, mode: number): Promise<void> {
    const { directory, name } = await this.#place(path);
    await this.#attach(directory, name, newLeaf(directory, name, body, mode));
  }

  async makeDirectory(path: Buffer): Promise<void> {
    const { directory, name } = await this.#place(path);
    await this.#attach(directory, name, newDirectory(directory, name));
  }

  async rename(from: Buffer, to: Buffer): Promise<void> {
    const node = await this.#detach(from);
    const { directory, name } = await this.#place(to);
    await this.#attach(directory, name, node);
  }

  /** Gives what `existing` names a further name. */
  async link(existing: Buffer, path: Buffer): Promise<void> {
    const node = await this.leaf(existing);
    // The first name's entry changes its form when a second one appears.
    if (node.link === null) markDirty(node.directory);
    node.names++;
    this.shared.add(node);
    this.links.touch(node);
    const { directory, name } = await this.#place(path);
    await this.#attach(directory, name, node);
  }

  async unlink(path: Buffer): Promise<void> {
    const node = await this.#detach(path);
    if (node.kind !== "leaf") throw invalid(path, "is a directory");
    node.names--;
    if (node.link !== null || node.names > 0) this.shared.add(node);
    this.links.touch(node);
  }

  async removeDirectory(path: Buffer): Promise<void> {
    const node = await this.#detach(path);
    if (node.kind !== "directory") throw invalid(path, "is no directory");
    if (!(await this.directories.isEmpty(node))) throw invalid(path, "is not empty");
  }

  /** The attributes of what the path names (empty: the root), to be changed. */
  async attributes(path: Buffer): Promise<EditedAttributes> {
    if (path.length === 0) return this.root.attributes;
    const node = await this.#find(path);
    if (node.kind === "directory") {
      if (node.parent) markDirty(node.parent);
    } else this.#touch(node);
    return node.attributes;
  }

  /** The file, link or device that the path names, to be changed. */
  async leaf(path: Buffer): Promise<LeafNode> {
    const node = await this.#find(path);
    if (node.kind !== "leaf") throw invalid(path, "is a directory");
    this.#touch(node);
    return node;
  }

  /** To be called between two edits: nothing that was found before is used any more. */
  relax(): void {
    if (this.directories.relax(this.root)) this.#last = null;
  }

  close(): void {
    this.directories.close();
  }

  /**
   * Brings the forms of entries in line with their number of names: one name, an entry of its own;
   * several, a number in the table. `inodeNumber` tells the number of what has a name in the snapshot.
   */
  async settleLinks(inodeNumber: (path: string) => number): Promise<void> {
    for (const node of this.shared) {
      if (node.names >= 2) {
        if (node.link === null) await this.links.add(node, inodeNumber(pathOf(node)));
        else this.links.touch(node);
      } else {
        const wasLinked = node.link !== null;
        // Its last name was not mentioned; a number that one name refers to reads the same.
        if (node.names === 1 && !holdsName(node)) continue;
        await this.links.remove(node);
        if (wasLinked && node.names === 1) markDirty(node.directory);
      }
    }
  }

  #touch(node: LeafNode): void {
    if (node.link === null) markDirty(node.directory);
    else {
      this.links.touch(node);
      this.shared.add(node);
    }
  }

  async #find(path: Buffer): Promise<SnapshotNode & { kind: "leaf" | "directory" }> {
    const { directory, name } = await this.#place(path);
    const node = await this.directories.get(directory, name);
    if (!node) throw invalid(path, "does not exist");
    return this.#resolve(node, directory, name);
  }

  /** Puts the shared node in the place of a link's number. */
  async #resolve(
    node: SnapshotNode,
    directory: DirectoryNode,
    name: string,
  ): Promise<SnapshotNode & { kind: "leaf" | "directory" }> {
    if (node.kind === "directory") return node;
    const leaf = node.kind === "link" ? await this.links.node(node.link, directory, name) : node;
    leaf.directory = directory;
    leaf.name = name;
    directory.children?.set(name, leaf);
    return leaf;
  }

  async #detach(path: Buffer): Promise<SnapshotNode & { kind: "leaf" | "directory" }> {
    const node = await this.#find(path);
    const { directory, name } = await this.#place(path);
    directory.children?.delete(name);
    markDirty(directory);
    if (node.kind === "directory") node.parent = null;
    return node;
  }

  async #attach(directory: DirectoryNode, name: string, node: DirectoryNode | LeafNode): Promise<void> {
    const present = await this.directories.get(directory, name);
    if (present) throw invalid(Buffer.from(name, "latin1"), "exists already");
    await this.directories.add(directory, name, node);
    if (node.kind === "directory") node.parent = directory;
    else node.directory = directory;
    node.name = name;
    markDirty(directory);
  }

  /** The directory a path leads to, and the last name in it. */
  async #place(path: Buffer): Promise<{ directory: DirectoryNode; name: string }> {
    const text = path.toString("latin1");
    const slash = text.lastIndexOf("/");
    const name = text.slice(slash + 1);
    const above = slash === -1 ? "" : text.slice(0, slash);
    if (name === "" || name === "." || name === "..") throw invalid(path, "is not a path");
    if (this.#last?.path === above) return { directory: this.#last.directory, name };
    let directory = this.root;
    for (const part of above === "" ? [] : above.split("/")) {
      const next = await this.directories.get(directory, part);
      if (next?.kind !== "directory") throw invalid(path, "lies in no directory");
      directory = next;
    }
    this.#last = { path: above, directory };
    return { directory, name };
  }
}

/** Where in the snapshot a node has a name: a byte string, relative. */
export function pathOf(node: LeafNode): string {
  const parts = [node.name];
  for (let at = node.directory; at.parent; at = at.parent) parts.push(at.name);
  return parts.reverse().join("/");
}

function holdsName(node: LeafNode): boolean {
  return node.directory.children?.get(node.name) === node;
}

function invalid(path: Buffer, why: string): ForkpointError {
  return new ForkpointError(
    "STREAM_INVALID",
    `The stream does not fit the tree it was made for: ${JSON.stringify(path.toString("utf8"))} ${why}.`,
  );
}
