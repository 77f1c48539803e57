import type { BlobReader } from "../repository/blobReader.ts";
import type { Segment } from "../repository/contentFormat.ts";
import type { Inode } from "../repository/inodeFormat.ts";
import type { PackWriter } from "../repository/packWriter.ts";
import { readSegments, type TreeRef } from "../repository/structureReader.ts";
import { encodeTree, treeTotals, type TreeEntry } from "../repository/treeFormat.ts";
import { buildContent } from "./contentBuilder.ts";
import type { DirectoryNode, LeafNode, SnapshotNode } from "./nodes.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import { pathOf } from "./treeEditor.ts";
import type { TransferMeter } from "./transferMeter.ts";

/**
 * Turns an edited tree into blobs: reads the changed blocks of changed files, then writes each changed
 * directory after everything in it.
 */
export class TreeWriter {
  readonly #blobs: BlobReader;
  readonly #packs: PackWriter;
  readonly #files: SnapshotFiles;
  readonly #meter: TransferMeter;
  readonly #signal: AbortSignal;

  constructor(parts: {
    readonly blobs: BlobReader;
    readonly packs: PackWriter;
    readonly files: SnapshotFiles;
    readonly meter: TransferMeter;
    readonly signal: AbortSignal;
  }) {
    this.#blobs = parts.blobs;
    this.#packs = parts.packs;
    this.#files = parts.files;
    this.#meter = parts.meter;
    this.#signal = parts.signal;
  }

  async write(directory: DirectoryNode): Promise<TreeRef> {
    if (!directory.dirty && directory.base) return directory.base;
    const entries: TreeEntry[] = [];
    const children = [...(directory.children ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, node] of children) entries.push(await this.#entry(name, node));
    const tree = await this.#packs.add("tree", encodeTree(entries));
    return { tree, ...treeTotals(entries) };
  }

  /** The finished inode of a leaf, its changed bytes stored. */
  async inode(node: LeafNode): Promise<Inode> {
    const { attributes, body } = node;
    if (body.type !== "file") return { ...attributes, ...body };
    if (!body.change) return { ...attributes, type: "file", content: body.content };
    const segments: Segment[] = [];
    for await (const some of readSegments(this.#blobs, body.content, this.#signal)) segments.push(...some);
    const file = this.#files.open(pathOf(node), body.change.size);
    try {
      const base = { size: body.content.size, segments };
      const content = await buildContent(base, body.change, file, this.#packs, () => this.#meter.pace());
      return { ...attributes, type: "file", content };
    } finally {
      file.close();
    }
  }

  async #entry(name: string, node: SnapshotNode): Promise<TreeEntry> {
    if (node.kind === "link") return { name, link: node.link };
    if (node.kind === "directory") {
      const totals = await this.write(node);
      return { name, inode: { ...node.attributes, type: "directory", ...totals } };
    }
    if (node.link !== null) return { name, link: node.link };
    const inode = await this.inode(node);
    this.#meter.addFiles(1);
    await this.#meter.pace();
    return { name, inode };
  }
}
