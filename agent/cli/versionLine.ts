import type { Entry } from "../protocol/entry.ts";
import type { DeletedPath, PathVersion } from "../protocol/pathHistory.ts";
import { countsText } from "./entryLine.ts";
import { localTime } from "./localTime.ts";
import { oneLine } from "./oneLine.ts";
import { alignedLine } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago, bytes, plural } from "./wording.ts";

/** Fixed, since lines are printed before the next ones are known. */
const versionWidths = (idLength: number) => [1, Math.max(idLength, 4), 14, idLength, 7, 16, 7, 9, 5];
const deletedWidths = (idLength: number) => [Math.max(idLength, 4), 14, 7, 9];

export function versionLineHead(idLength: number): string {
  const head = ["", "LAST", "IN IT", "FIRST", "ENTRIES", "WRITTEN", "KIND", "SIZE", "MODE", ""];
  return alignedLine(head, versionWidths(idLength));
}

/** A version of a path in one line; a star marks the one that the workspace holds. */
export function versionLine(version: PathVersion, idLength: number, terminal: Terminal): string {
  const { first, last, entries, now, modifiedAt, kind, size, mode } = version;
  const id = (entry: Entry | null) => entry?.snapshotId.slice(0, idLength) ?? "";
  const cells = [
    now ? terminal.paint("green", "*") : "",
    last ? terminal.paint("cyan", id(last)) : terminal.paint("yellow", "none"),
    last ? ago(last.createdAt, terminal.now()) : "not yet",
    id(first),
    entries.toString(),
    terminal.paint("dim", localTime(modifiedAt)),
    kind === "directory" ? "folder" : kind === "symlink" ? "link" : kind,
    size === null ? "" : bytes(size),
    mode.toString(8),
    notes(version, idLength, terminal),
  ];
  return alignedLine(cells, versionWidths(idLength));
}

export function deletedLineHead(idLength: number): string {
  return alignedLine(["LAST", "IN IT", "KIND", "SIZE", "PATH"], deletedWidths(idLength));
}

/** A path that is there no more in one line. */
export function deletedLine(
  { path, kind, size, below, entry }: DeletedPath,
  idLength: number,
  terminal: Terminal,
): string {
  const isFolder = kind === "directory";
  const cells = [
    terminal.paint("cyan", entry.snapshotId.slice(0, idLength)),
    ago(entry.createdAt, terminal.now()),
    isFolder ? "folder" : kind === "symlink" ? "link" : kind,
    size === null ? "" : bytes(size),
    `${oneLine(path)}${isFolder ? `/ (${below} below it)` : ""}`,
  ];
  return alignedLine(cells, deletedWidths(idLength));
}

function notes(
  { times, from, gone, goneIn, target, changes }: PathVersion,
  idLength: number,
  terminal: Terminal,
): string {
  const parts: string[] = [];
  if (target !== null) parts.push(`→ ${target}`);
  if (changes) parts.push(countsText(changes, terminal));
  if (gone) {
    const since = goneIn ? `deleted in ${goneIn.snapshotId.slice(0, idLength)}` : "deleted since";
    parts.push(terminal.paint("red", since));
  }
  if (times > 1) parts.push(`there ${plural(times, "time")}`);
  if (from !== null) parts.push(`was ${from}`);
  return oneLine(parts.join(", "));
}
