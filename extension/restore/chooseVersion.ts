import { lstat } from "node:fs/promises";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entities.ts";
import { decodeVolumePath } from "../../agent/protocol/volumePath.ts";
import { askOne } from "../feedback/ask.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { longDate, relativeTime } from "../wording/relativeTime.ts";
import { formatBytes } from "../wording/sizes.ts";

interface Version extends vscode.QuickPickItem {
  readonly entry: Entry;
  /** Equal for versions with the same content, as far as size and time of change tell. */
  readonly mark: string;
}

/**
 * Asks which snapshot's version of a path to bring back. A file that is the same in several snapshots
 * is offered once, by the newest.
 * @param path written as in `Change.path`
 */
export async function chooseVersion(timeline: Timeline, path: string): Promise<Entry> {
  const versions: Version[] = [];
  for (const entry of await timeline.fresh()) {
    const version = await versionIn(entry, path);
    if (version && !versions.some(({ mark }) => mark === version.mark)) versions.push(version);
  }
  if (versions.length === 0) throw new NextStep(`No snapshot on this machine holds ${path}.`);
  const { entry } = await askOne(versions, {
    title: `Restore “${path}” from which snapshot?`,
    placeHolder: "Each version once, newest first",
  });
  return entry;
}

async function versionIn(entry: Entry, path: string): Promise<Version | null> {
  const file = Buffer.concat([Buffer.from(`${entry.path}/`), decodeVolumePath(path)]);
  const stats = await lstat(file).catch((thrown: unknown) => {
    if (
      thrown instanceof Error &&
      "code" in thrown &&
      (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")
    ) {
      return null;
    }
    throw thrown;
  });
  if (!stats) return null;
  const isFile = stats.isFile();
  return {
    label: `$(${causeIcons[entry.cause]}) ${entryTitle(entry)}`,
    description: relativeTime(entry.createdAt, Date.now()),
    detail: isFile ? `${formatBytes(stats.size)}, changed ${longDate(stats.mtime.toISOString())}` : "folder",
    entry,
    mark: isFile ? `${stats.size}:${stats.mtimeMs}` : entry.snapshotId,
  };
}
