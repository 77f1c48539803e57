import type { FileDiff } from "./fileDiffs.ts";
import { oneLine } from "./oneLine.ts";
import { harmless } from "./shownText.ts";
import type { Terminal } from "./terminal.ts";
import { bytes, changeSigns } from "./wording.ts";

/** One file as a patch; where there is no text to compare, a line says why. */
export function patchText({ change, text, why }: FileDiff, terminal: Terminal): string {
  if (!text) return `${named({ change, text, why }, terminal)}: ${why ?? ""}${sizeText(change.size)}`;
  const path = oneLine(change.path);
  const older = change.kind === "added" ? "/dev/null" : `a/${oneLine(change.from ?? change.path)}`;
  const newer = change.kind === "removed" ? "/dev/null" : `b/${path}`;
  const head = [`--- ${older}`, `+++ ${newer}`].map((line) => terminal.paint("bold", line));
  const colours = { "+": "green", "-": "red", "@": "cyan" } as const;
  const lines = text.lines.map((line) => {
    const colour = colours[line.charAt(0) as keyof typeof colours] as "green" | undefined;
    return colour ? terminal.paint(colour, harmless(line)) : harmless(line);
  });
  return [...head, ...lines].join("\n");
}

/** One file in a line: how many of its lines came and went. */
export function statText(diff: FileDiff, terminal: Terminal): string {
  const { text, why, change } = diff;
  if (!text)
    return `${named(diff, terminal)}  ${terminal.paint("dim", `${why ?? ""}${sizeText(change.size)}`)}`;
  const added = terminal.paint("green", `+${text.added}`);
  return `${named(diff, terminal)}  ${added} ${terminal.paint("red", `-${text.removed}`)}`;
}

function named({ change: { kind, path, from } }: FileDiff, terminal: Terminal): string {
  const name = oneLine(from === undefined ? path : `${from} → ${path}`);
  return `${terminal.paint("bold", changeSigns[kind])}  ${name}`;
}

function sizeText(size: number | null): string {
  return size === null ? "" : `, ${bytes(size)}`;
}
