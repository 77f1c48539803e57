import type { BlobReader } from "../../repository/blobReader.ts";
import type { Gear } from "../../repository/chunker.ts";
import { emptyContent, type Content, type Segment } from "../../repository/contentFormat.ts";
import type { Inode } from "../../repository/inodeFormat.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import { readRuns, type TreeRef } from "../../repository/structureReader.ts";
import { encodeTree, treeTotals, type TreeEntry } from "../../repository/treeFormat.ts";
import { markWritten, type ContentChange } from "./contentChange.ts";
import { ContentBuilder } from "./contentBuilder.ts";
import { FileGatherer, smallFileBytes } from "./fileGatherer.ts";
import type { DirectoryNode, LeafNode, SnapshotNode } from "./nodes.ts";
import type { SnapshotFiles } from "./snapshotFiles.ts";
import { pathOf, type TreeEditor } from "./treeEditor.ts";
import type { TransferMeter } from "../transferMeter.ts";

/** A directory of which something is still to come. */
interface Unwritten {
  readonly node: DirectoryNode;
  readonly above: Unwritten | null;
  /** Its own place among the entries there. */
  readonly at: number;
  readonly entries: TreeEntry[];
  /** How many of the entries are not final, and one for as long as there may be more. */
  missing: number;
}

/**
 * Turns an edited tree into blobs in one walk: gathers the small files that changed, cuts the large ones, and writes
 * each changed directory once everything in it is there. Memory grows with the directories on one path, and with
 * those whose small files are still being read.
 */
export class TreeWriter {
  readonly #editor: TreeEditor;
  readonly #blobs: BlobReader;
  readonly #packs: PackWriter;
  readonly #gear: Gear;
  readonly #files: SnapshotFiles;
  readonly #meter: TransferMeter;
  readonly #signal: AbortSignal;
  readonly #gatherer: FileGatherer;
  #root: TreeRef | null = null;

  constructor(parts: {
    readonly editor: TreeEditor;
    readonly blobs: BlobReader;
    readonly packs: PackWriter;
    readonly gear: Gear;
    readonly files: SnapshotFiles;
    readonly meter: TransferMeter;
    readonly signal: AbortSignal;
  }) {
    this.#editor = parts.editor;
    this.#blobs = parts.blobs;
    this.#packs = parts.packs;
    this.#gear = parts.gear;
    this.#files = parts.files;
    this.#meter = parts.meter;
    this.#signal = parts.signal;
    this.#gatherer = new FileGatherer(parts);
  }

  async write(): Promise<TreeRef> {
    const { root } = this.#editor;
    if (!root.dirty && root.base) return root.base;
    await this.#walk({ node: root, above: null, at: 0, entries: [], missing: 1 });
    await this.#gatherer.finish();
    if (!this.#root) throw new Error("A directory was not written.");
    return this.#root;
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

  async #walk(directory: Unwritten): Promise<void> {
    const { entries } = directory;
    for (const [name, node] of await this.#editor.directories.all(directory.node)) {
      if (node.kind === "directory" && (node.dirty || !node.base)) {
        const at = entries.push({ name, inode: { ...node.attributes, ...unknownDirectory } }) - 1;
        directory.missing++;
        await this.#walk({ node, above: directory, at, entries: [], missing: 1 });
      } else if (isGathered(node)) await this.#gather(directory, name, node);
      else entries.push(await this.#entry(name, node));
    }
    await this.#noneMissing(directory);
  }

  async #gather(directory: Unwritten, name: string, node: GatheredNode): Promise<void> {
    const { attributes, body } = node;
    const at =
      directory.entries.push({ name, inode: { ...attributes, type: "file", content: emptyContent } }) - 1;
    directory.missing++;
    await this.#gatherer.add(pathOf(node), body.change.size, async (content) => {
      directory.entries[at] = { name, inode: { ...attributes, type: "file", content } };
      await this.#noneMissing(directory);
    });
  }

  /** One thing less is missing; writes the directory if it was the last, and those above which that was the last of. */
  async #noneMissing(directory: Unwritten): Promise<void> {
    for (let each: Unwritten | null = directory; each && --each.missing === 0; each = each.above) {
      const { node, above, at, entries } = each;
      const tree = await this.#packs.add("tree", encodeTree(entries));
      const written = { tree, ...treeTotals(entries) };
      if (!above) this.#root = written;
      else
        above.entries[at] = { name: node.name, inode: { ...node.attributes, type: "directory", ...written } };
    }
  }

  async #entry(name: string, node: SnapshotNode): Promise<TreeEntry> {
    if (node.kind === "link") return { name, link: node.link };
    if (node.kind === "directory") {
      return { name, inode: { ...node.attributes, type: "directory", ...(node.base ?? unknownDirectory) } };
    }
    if (node.link !== null) return { name, link: node.link };
    const inode = await this.inode(node);
    this.#meter.addFiles(1);
    await this.#meter.pace();
    return { name, inode };
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
}

const unknownDirectory = { type: "directory", tree: "", entries: 0, bytes: 0 } as const;

type GatheredNode = LeafNode & { readonly body: { readonly change: ContentChange } };

/** Whether it is a changed small file with one name. */
function isGathered(node: SnapshotNode): node is GatheredNode {
  if (node.kind !== "leaf" || node.link !== null || node.body.type !== "file" || !node.body.change)
    return false;
  const { size } = node.body.change;
  return size > 0 && size < smallFileBytes;
}
