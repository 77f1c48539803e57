import type { Act } from "../protocol/entry.ts";
import type { Terminal } from "./terminal.ts";
import { oneLine } from "./oneLine.ts";
import { bytes, plural } from "./wording.ts";

/** What a command changed, and how to go back, for a person. */
export function actText(act: Act | null, terminal: Terminal): string {
  if (!act || act.afterId === null) return terminal.paint("dim", "forkpoint: nothing changed");
  const lines = [`forkpoint: ${changeText(act)}`];
  if (act.beforeId !== null) lines.push(`\`forkpoint restore ${act.beforeId}\` goes back to before.`);
  return lines.join("\n");
}

/** "412 files, +38.0 MiB, package-lock.json" */
export function changeText({ change }: Act): string {
  if (!change) return "something changed; what, could not be counted";
  const parts: string[] = [];
  if (change.files > 0) parts.push(plural(change.files, "file"));
  else parts.push(change.inGit > 0 ? "only Git's own files" : "only folders or permissions");
  if (change.bytes !== 0) parts.push(`${change.bytes < 0 ? "-" : "+"}${bytes(Math.abs(change.bytes))}`);
  return [...parts, ...change.lockfiles.map(oneLine)].join(", ");
}
