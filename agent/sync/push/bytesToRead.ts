import { touchedRanges } from "./contentChange.ts";
import type { DirectoryNode, LeafNode, SnapshotNode } from "./nodes.ts";
import type { TreeEditor } from "./treeEditor.ts";

/**
 * How many bytes of files a push is going to read: the blocks that were written to, of every changed file once.
 * A block that is only cut off is not counted, so it may come to a little more.
 */
export function bytesToRead(editor: TreeEditor): number {
  const leaves = new Set<LeafNode>([...editor.shared].filter(({ names }) => names > 0));
  collectLeaves(editor.root, leaves);
  let bytes = editor.directories.unreadBytes();
  for (const leaf of leaves) bytes += unreadBytes(leaf);
  return bytes;
}

/** How many bytes of the file a push is going to read; 0 for anything else. */
export function unreadBytes(node: SnapshotNode): number {
  if (node.kind !== "leaf" || node.body.type !== "file" || !node.body.change) return 0;
  return touchedRanges(node.body.change, 0, 0).reduce((sum, [from, to]) => sum + to - from, 0);
}

function collectLeaves(directory: DirectoryNode, into: Set<LeafNode>): void {
  if (!directory.dirty) return;
  for (const node of directory.children?.values() ?? []) {
    if (node.kind === "directory") collectLeaves(node, into);
    else if (node.kind === "leaf") into.add(node);
  }
}
