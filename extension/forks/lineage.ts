import type { Project } from "../../agent/protocol/project.ts";

export interface LineageNode {
  readonly project: Project;
  readonly children: readonly LineageNode[];
}

/**
 * Projects as a forest: each below the one it was forked from, as far as that is still here. The tree
 * that holds the current project comes first; each level is by name.
 */
export function lineage(projects: readonly Project[], currentId: string | undefined): LineageNode[] {
  const known = new Set(projects.map(({ projectId }) => projectId));
  const parentOf = ({ forkedFrom }: Project) =>
    forkedFrom && known.has(forkedFrom.projectId) ? forkedFrom.projectId : null;
  const below = (parent: string | null): LineageNode[] =>
    projects
      .filter((project) => parentOf(project) === parent)
      .sort((a, b) => a.slug.localeCompare(b.slug, "en", { numeric: true }))
      .map((project) => ({ project, children: below(project.projectId) }));
  const roots = below(null);
  const first = roots.findIndex((root) => holds(root, currentId));
  return first <= 0 ? roots : [...roots.splice(first, 1), ...roots];
}

/** Whether a project is this node's or below it. */
export function holds(node: LineageNode, projectId: string | undefined): boolean {
  return node.project.projectId === projectId || node.children.some((child) => holds(child, projectId));
}

/** A name for a fork that is free: the parent's with "-fork", and a number where that is taken. */
export function suggestSlug(parent: string, taken: readonly string[]): string {
  const longest = 63;
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? "-fork" : `-fork-${number}`;
    const slug = `${parent.slice(0, longest - suffix.length).replace(/-+$/, "")}${suffix}`;
    if (!taken.includes(slug)) return slug;
  }
}
