import * as vscode from "vscode";

/** The scheme under which files of snapshots open, read-only. */
export const snapshotScheme = "forkpoint";

/** One moment of a project: a snapshot, the workspace as it stands, or the empty side of a comparison. */
export type Moment = { readonly snapshotId: string } | "now" | "nothing";

export interface SnapshotFile {
  readonly projectId: string;
  readonly moment: Moment;
  /** Written as in `Change.path`; "" is the root. */
  readonly path: string;
}

/** `forkpoint://PROJECT/SNAPSHOT/path`; it holds no path of this machine, so a tab outlives a move. */
export function snapshotUri({ projectId, moment, path }: SnapshotFile): vscode.Uri {
  const name = typeof moment === "string" ? moment : moment.snapshotId;
  return vscode.Uri.from({ scheme: snapshotScheme, authority: projectId, path: `/${name}/${path}` });
}

/** The reverse of `snapshotUri`; null for a name of another making. */
export function parseSnapshotUri(uri: vscode.Uri): SnapshotFile | null {
  const match = /^\/([^/]+)(?:\/(.*))?$/s.exec(uri.path);
  const name = match?.[1];
  if (uri.scheme !== snapshotScheme || !uri.authority || !name) return null;
  const moment = name === "now" || name === "nothing" ? name : { snapshotId: name };
  return { projectId: uri.authority, moment, path: (match[2] ?? "").replace(/\/+$/, "") };
}
