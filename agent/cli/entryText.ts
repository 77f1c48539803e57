import type { Act, Entry } from "../protocol/entry.ts";
import { changeText } from "./actText.ts";
import { durabilityText } from "./entryLine.ts";
import type { Room } from "../protocol/retention.ts";
import { localTime } from "./localTime.ts";
import { oneLine } from "./oneLine.ts";
import { restoredWords } from "./restoredWords.ts";
import { roomText } from "./roomText.ts";
import { facts } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago } from "./wording.ts";

/** All a person wants to know of an entry itself; `room` is what deleting it alone frees. */
export function entryText(entry: Entry, terminal: Terminal, room: Room | null = null): string {
  const { parentId, label, note, problem } = entry;
  const stands = entry.head ? ", where the workspace stands" : "";
  return facts([
    ["Snapshot", `${terminal.paint("cyan", entry.snapshotId)}${stands}`],
    ["Made", `${whenText(entry, terminal)}, by ${oneLine(entry.author)}`],
    ["Cause", entry.cause],
    ["Restored", restoredWords(entry)],
    [entry.act?.afterId === entry.snapshotId ? "After" : "Before", entry.act && actLine(entry.act)],
    ["Tests", entry.tests],
    ["Label", label && oneLine(label)],
    ["Note", note && note.split("\n").map(oneLine).join(" ")],
    ["Pinned", entry.pinned ? "yes" : null],
    ["Copy", durabilityText(entry, terminal)],
    ["Problem", problem && oneLine(problem)],
    ["Deleting it frees", room && roomText(room)],
    ["Grew from", parentId === null ? "nothing; it is the first" : terminal.paint("cyan", parentId)],
  ]);
}

/** "npm ci (412 files, +38.0 MiB)" */
function actLine(act: Act): string {
  const failed =
    act.outcome === "failed" ? `, failed${act.exitCode === null ? "" : ` with ${act.exitCode}`}` : "";
  return `${oneLine(act.what)}${act.change ? ` (${changeText(act)})` : ""}${failed}`;
}

/** "2026-01-02 12:05, 3 minutes ago" */
export function whenText({ createdAt }: Entry, terminal: Terminal): string {
  return `${localTime(createdAt)}, ${ago(createdAt, terminal.now())}`;
}
