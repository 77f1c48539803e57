import type { BlobReader } from "../../repository/blobReader.ts";
import type { Gear } from "../../repository/chunker.ts";
import type { Content, Segment } from "../../repository/contentFormat.ts";
import type { Inode } from "../../repository/inodeFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import { readRuns, type TreeRef } from "../../repository/structureReader.ts";
import { encodeTree, treeTotals, type TreeEntry } from "../../repository/treeFormat.ts";
import { markWritten, type ContentChange } from "./contentChange.ts";
import { ContentBuilder } from "./contentBuilder.ts";
import { FileGatherer } from "./fileGatherer.ts";
import type { DirectoryNode, LeafNode, SnapshotNode } from "./nodes.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import { pathOf } from "./treeEditor.ts";
import type { TransferMeter } from "../transferMeter.ts";

/**
 * Turns an edited tree into blobs: gathers the small files that changed, cuts the large ones, and writes each
 * changed directory after everything in it.
 */
export class TreeWriter {
  readonly #blobs: BlobReader;
  readonly #packs: PackWriter;
  readonly #gear: Gear;
  readonly #files: SnapshotFiles;
  readonly #meter: TransferMeter;
  readonly #signal: AbortSignal;

  constructor(parts: {
    readonly blobs: BlobReader;
    readonly packs: PackWriter;
    readonly gear: Gear;
    readonly files: SnapshotFiles;
    readonly meter: TransferMeter;
    readonly signal: AbortSignal;
  }) {
    this.#blobs = parts.blobs;
    this.#packs = parts.packs;
    this.#gear = parts.gear;
    this.#files = parts.files;
    this.#meter = parts.meter;
    this.#signal = parts.signal;
  }

  async write(root: DirectoryNode): Promise<TreeRef> {
    const parts = { files: this.#files, packs: this.#packs, meter: this.#meter };
    await new FileGatherer(parts).gather(root);
    return this.#write(root);
  }

  async #write(directory: DirectoryNode): Promise<TreeRef> {
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
    const base = await this.#cuts(body.content, body.change);
    const file = this.#files.open(pathOf(node), body.change.size);
    try {
      const counted = (bytes: number) => this.#meter.addBytes(bytes);
      const pace = () => this.#meter.pace();
      const tools = { source: file, packs: this.#packs, gear: this.#gear, counted, pace };
      const content = await new ContentBuilder(base, body.change, tools).build();
      return { ...attributes, type: "file", content };
    } finally {
      file.close();
    }
  }

  /** How a file was cut. One that shared a chunk with others was not: all of it is read. */
  async #cuts(
    content: Content,
    change: ContentChange,
  ): Promise<{ size: number; segments: readonly Segment[] }> {
    if ("piece" in content.parts) {
      markWritten(change, 0, Math.min(content.size, change.size));
      return { size: 0, segments: [] };
    }
    const segments: Segment[] = [];
    for await (const some of readRuns(this.#blobs, content, this.#signal)) segments.push(...some);
    return { size: content.size, segments };
  }

  async #entry(name: string, node: SnapshotNode): Promise<TreeEntry> {
    if (node.kind === "link") return { name, link: node.link };
    if (node.kind === "directory") {
      const totals = await this.#write(node);
      return { name, inode: { ...node.attributes, type: "directory", ...totals } };
    }
    if (node.link !== null) return { name, link: node.link };
    const isGathered = node.body.type === "file" && node.body.change === null;
    const inode = await this.inode(node);
    if (!isGathered) this.#meter.addFiles(1);
    await this.#meter.pace();
    return { name, inode };
  }
}
