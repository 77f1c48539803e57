import { touchedRanges, type ContentChange } from "./contentChange.ts";
import type { DirectoryNode, LeafNode } from "./nodes.ts";
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

function changedBytes(change: ContentChange): number {
  return touchedRanges(change, 0, 0).reduce((sum, [from, to]) => sum + to - from, 0);
}
