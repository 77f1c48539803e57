import * as vscode from "vscode";
import type { Change } from "../../agent/protocol/change.ts";
import { decodeVolumePath } from "../../agent/protocol/volumePath.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";
import { type Comparison, isEntry } from "./comparison.ts";
import { snapshotUri } from "./snapshotUri.ts";

export interface Sides {
  /** Null where the path did not exist. */
  readonly before: vscode.Uri | null;
  readonly after: vscode.Uri | null;
}

/**
 * The two files of a change. The side "now" is the file on disk itself where the editor can name it, so
 * that it can be edited in the comparison; links and names that are not UTF-8 open read-only.
 */
export function changeSides(
  { projectId, from, to }: Pick<Comparison, "projectId" | "from" | "to">,
  change: Change,
  location: VolumeLocation,
): Sides {
  const before = change.kind === "added" ? null : older({ projectId, from }, change.from ?? change.path);
  if (change.kind === "removed") return { before, after: null };
  const moment = to ?? "now";
  const live = to === null && change.type === "file" ? liveFile(change.path, location) : null;
  return { before, after: live ?? snapshotUri({ projectId, moment, path: change.path }) };
}

function older({ projectId, from }: Pick<Comparison, "projectId" | "from">, path: string): vscode.Uri {
  if (isEntry(from)) return snapshotUri({ projectId, moment: from, path });
  return snapshotUri({ projectId: from.project.projectId, moment: "now", path });
}

/** The empty file that stands for a path that does not exist. */
export function nothing({ projectId }: Pick<Comparison, "projectId">, change: Change): vscode.Uri {
  return snapshotUri({ projectId, moment: "nothing", path: change.path });
}

/** The file on disk itself; null where the editor cannot name it. */
export function liveFile(path: string, location: VolumeLocation): vscode.Uri | null {
  const bytes = decodeVolumePath(path);
  const name = bytes.toString("utf8");
  return Buffer.from(name, "utf8").equals(bytes) ? vscode.Uri.file(location.file(name)) : null;
}
