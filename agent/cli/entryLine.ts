import type { ChangeSummary, Entry } from "../protocol/entities.ts";
import { oneLine } from "./oneLine.ts";
import { localTime } from "./localTime.ts";
import { alignedLine } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago } from "./wording.ts";

/** Fixed, since lines are printed before the next ones are known. */
const widths = (idLength: number) => [1, Math.max(idLength, 2), 14, 16, 9, 9, 14, 6];

export function entryLineHead(idLength: number): string {
  const head = ["", "ID", "WHEN", "AT", "CAUSE", "COPY", "CHANGES", "PIN", "LABEL"];
  return alignedLine(head, widths(idLength));
}

/**
 * An entry in one line; a star marks the one the workspace stands on.
 * @param summary what it changed against its parent; null where nobody can tell
 */
export function entryLine(
  entry: Entry,
  { idLength, summary }: { readonly idLength: number; readonly summary: ChangeSummary | null },
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
    oneLine(entry.label ?? actWords(entry)),
  ];
  return alignedLine(cells, widths(idLength));
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
