import { blockBytes } from "../repository/contentFormat.ts";
import type { ContentChange, DirectoryNode, LeafNode } from "./nodes.ts";
import type { TreeEditor } from "./treeEditor.ts";

/**
 * How many bytes of files a push is going to read: the blocks that were written to, of every changed file once.
 * A block that is only cut off is not counted, so it may come to a little more.
 */
export function bytesToRead(editor: TreeEditor): number {
  const leaves = new Set<LeafNode>([...editor.shared].filter(({ names }) => names > 0));
  collectLeaves(editor.root, leaves);
  let bytes = 0;
  for (const { body } of leaves) if (body.type === "file" && body.change) bytes += changedBytes(body.change);
  return bytes;
}

function collectLeaves(directory: DirectoryNode, into: Set<LeafNode>): void {
  if (!directory.dirty) return;
  for (const node of directory.children?.values() ?? []) {
    if (node.kind === "directory") collectLeaves(node, into);
    else if (node.kind === "leaf") into.add(node);
  }
}

function changedBytes({ size, blocks }: ContentChange): number {
  const ranges: [number, number][] = [];
  for (let at = 0; at + 1 < blocks.length; at += 2) ranges.push([blocks[at] ?? 0, blocks[at + 1] ?? 0]);
  let bytes = 0;
  let counted = 0;
  for (const [first, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const from = Math.max(first, counted) * blockBytes;
    bytes += Math.max(0, Math.min(end * blockBytes, size) - from);
    counted = Math.max(counted, end);
  }
  return bytes;
}
