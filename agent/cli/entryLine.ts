import type { ChangeSummary } from "../protocol/change.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Room } from "../protocol/retention.ts";
import { oneLine } from "./oneLine.ts";
import { localTime } from "./localTime.ts";
import { restoredWords } from "./restoredWords.ts";
import { roomText } from "./roomText.ts";
import { alignedLine } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago } from "./wording.ts";

/** Fixed, since lines are printed before the next ones are known. */
const widths = (idLength: number) => [1, Math.max(idLength, 2), 14, 16, 9, 9, 14, 6];

const roomWidth = 17;
const pathsShown = 2;

export function entryLineHead(idLength: number, hasRoom = false): string {
  const head = [
    "",
    "ID",
    "WHEN",
    "AT",
    "CAUSE",
    "COPY",
    "CHANGES",
    "PIN",
    ...(hasRoom ? ["FREES"] : []),
    "LABEL",
  ];
  return alignedLine(head, [...widths(idLength), ...(hasRoom ? [roomWidth] : [])]);
}

/**
 * An entry in one line; a star marks the one the workspace stands on.
 * @param summary what it changed against its parent; null where nobody can tell
 * @param room what deleting it alone frees, as a column of its own unless absent
 */
export function entryLine(
  entry: Entry,
  {
    idLength,
    summary,
    room,
  }: { readonly idLength: number; readonly summary: ChangeSummary | null; readonly room?: Room | null },
  terminal: Terminal,
): string {
  const cells = [
    entry.head ? terminal.paint("green", "*") : " ",
    terminal.paint("cyan", entry.snapshotId.slice(0, idLength)),
    ago(entry.createdAt, terminal.now()),
    terminal.paint("dim", localTime(entry.createdAt)),
    entry.cause,
    durabilityText(entry, terminal),
    summary ? countsText(summary, terminal) : entry.parentId === null ? "first" : "?",
    entry.pinned ? "pinned" : "",
    ...(room === undefined ? [] : [room ? roomText(room) : "?"]),
    oneLine(entry.label ?? restoredWords(entry, { idLength, paths: pathsShown }) ?? actWords(entry)),
  ];
  return alignedLine(cells, [...widths(idLength), ...(room === undefined ? [] : [roomWidth])]);
}

/** What was done, for an entry that nobody named. */
function actWords({ act, snapshotId }: Entry): string {
  if (!act) return "";
  return act.afterId === snapshotId ? act.what : `before ${act.what}`;
}

export function durabilityText({ durability, problem }: Entry, terminal: Terminal): string {
  const colours = { local: "yellow", uploading: "yellow", durable: "green", verified: "green" } as const;
  if (problem !== null) return terminal.paint("red", "damaged");
  return terminal.paint(colours[durability], durability);
}

/** "+3 ~1 -2": what came, what is other than it was, what went. */
export function countsText(summary: ChangeSummary, terminal: Terminal): string {
  const { added, removed, modified, renamed, metadata } = summary;
  const counts = [
    [added, terminal.paint("green", `+${added}`)],
    [modified + renamed + metadata, terminal.paint("yellow", `~${modified + renamed + metadata}`)],
    [removed, terminal.paint("red", `-${removed}`)],
  ] as const;
  const shown = counts.filter(([count]) => count > 0).map(([, text]) => text);
  return shown.length === 0 ? "nothing" : shown.join(" ");
}
