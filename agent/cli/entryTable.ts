import type { Entry } from "../protocol/entities.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { ago } from "./wording.ts";

/** Entries as a table; a star marks the one the workspace stands on. */
export function entryTable(entries: readonly Entry[], terminal: Terminal): string {
  const rows = entries.map((entry) => [
    entry.head ? terminal.paint("green", "*") : " ",
    terminal.paint("cyan", entry.snapshotId),
    ago(entry.createdAt, terminal.now()),
    entry.cause,
    durabilityText(entry, terminal),
    entry.pinned ? "pinned" : "",
    oneLine(entry.label ?? ""),
  ]);
  return table(["", "SNAPSHOT", "WHEN", "CAUSE", "COPY", "PIN", "LABEL"], rows);
}

function durabilityText({ durability, problem }: Entry, terminal: Terminal): string {
  const colours = { local: "yellow", uploading: "yellow", durable: "green", verified: "green" } as const;
  if (problem !== null) return terminal.paint("red", "damaged");
  return terminal.paint(colours[durability], durability);
}

/** A label may hold anything; what is printed must not move the cursor. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
