import type { Change } from "../../agent/protocol/change.ts";

export interface FolderNode {
  readonly kind: "folder";
  /** From the volume's root. */
  readonly path: string;
  /** What is shown: several names joined when a folder holds nothing but one other folder. */
  readonly name: string;
  /** The change of the folder itself, when it is one. */
  readonly change: Change | null;
  readonly children: readonly ChangeNode[];
  /** How many changes lie below. */
  readonly amount: number;
  /** How many of them are of what is no folder. */
  readonly files: number;
  /** Whether it holds what tools write, such as installed dependencies. */
  readonly quiet: boolean;
}
export interface LeafNode {
  readonly kind: "change";
  readonly path: string;
  readonly name: string;
  readonly change: Change;
}
export type ChangeNode = FolderNode | LeafNode;

interface Draft {
  readonly name: string;
  readonly path: string;
  change: Change | null;
  readonly children: Map<string, Draft>;
}

/**
 * Orders changes into folders, folders first and each level by name.
 * @param quietNames names of folders that hold what tools write; they are marked, at any depth
 */
export function changeTree(changes: readonly Change[], quietNames: readonly string[]): ChangeNode[] {
  const root: Draft = { name: "", path: "", change: null, children: new Map() };
  for (const change of changes) {
    let at = root;
    for (const name of change.path.split("/")) {
      const path = at.path ? `${at.path}/${name}` : name;
      const next = at.children.get(name) ?? { name, path, change: null, children: new Map<string, Draft>() };
      at.children.set(name, next);
      at = next;
    }
    at.change = change;
  }
  const quiet = new Set(quietNames);
  return finish(root, quiet, false);
}

function finish(draft: Draft, quiet: ReadonlySet<string>, insideQuiet: boolean): ChangeNode[] {
  const nodes = [...draft.children.values()].map((child) => toNode(child, quiet, insideQuiet));
  return nodes.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true }));
}

function toNode(draft: Draft, quiet: ReadonlySet<string>, insideQuiet: boolean): ChangeNode {
  const { change, children, path } = draft;
  if (children.size === 0 && change) return { kind: "change", path, name: draft.name, change };
  let { name } = draft;
  let at = draft;
  let isQuiet = insideQuiet || quiet.has(draft.name);
  for (;;) {
    const only = at.children.size === 1 ? [...at.children.values()][0] : undefined;
    if (!only || only.children.size === 0 || at.change || isQuiet) break;
    at = only;
    name = `${name}/${only.name}`;
    isQuiet = quiet.has(only.name);
  }
  const nodes = finish(at, quiet, isQuiet);
  const below = nodes.reduce((sum, node) => sum + (node.kind === "folder" ? node.amount : 1), 0);
  const files = nodes.reduce(
    (sum, node) => sum + (node.kind === "folder" ? node.files : node.change.type === "directory" ? 0 : 1),
    at.change && at.change.type !== "directory" ? 1 : 0,
  );
  return {
    kind: "folder",
    path: at.path,
    name,
    change: at.change,
    children: nodes,
    amount: below + (at.change ? 1 : 0),
    files,
    quiet: isQuiet,
  };
}

function rank(node: ChangeNode): number {
  return node.kind === "folder" ? 0 : 1;
}
