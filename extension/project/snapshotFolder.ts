/** The snapshot whose folder `path` is or lies in, by where pools keep them; null for any other path. */
export function snapshotFolder(path: string): { projectId: string; snapshotId: string } | null {
  const [, projectId, snapshotId] = /\/\.forkpoint\/snapshots\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path) ?? [];
  return projectId && snapshotId ? { projectId, snapshotId } : null;
}
