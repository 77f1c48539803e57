import type { ActChange } from "../../agent/protocol/acts.ts";
import type { Act, Entry } from "../../agent/protocol/entities.ts";
import { count } from "./counts.ts";
import { formatBytes } from "./sizes.ts";

/** The act that an entry came of; null when it did not come of one. */
export function actAfter(entry: Pick<Entry, "act" | "snapshotId">): Act | null {
  return entry.act?.afterId === entry.snapshotId ? entry.act : null;
}

/** What an act changed, in a few words: "412 files, +38 MB, package-lock.json". */
export function changeText(change: ActChange): string {
  const { files, bytes, inGit, lockfiles } = change;
  const parts: string[] = [];
  if (files > 0) parts.push(count(files, "file"));
  else if (inGit > 0) parts.push("only Git’s own files");
  else if (bytes === 0) return "only folders or permissions";
  if (Math.abs(bytes) >= 1024) parts.push(`${bytes < 0 ? "−" : "+"}${formatBytes(Math.abs(bytes))}`);
  parts.push(...lockfiles.map((path) => path.split("/").at(-1) ?? path));
  return parts.join(", ");
}

/** How an act ended, unless that goes without saying. */
export function outcomeText({
  outcome,
  exitCode,
  cause,
}: Pick<Act, "outcome" | "exitCode" | "cause">): string | null {
  if (outcome === "running") return "still running";
  if (outcome === "unknown") return "its end was not seen";
  if (outcome === "failed") return cause === "test" || !exitCode ? "failed" : `failed with ${exitCode}`;
  return cause === "test" ? "passed" : null;
}

/** The grey words beside an act's name. */
export function actSummary(act: Act): string {
  const parts = [outcomeText(act)];
  if (act.change) parts.push(changeText(act.change));
  else if (act.outcome !== "running" && act.afterId === null) parts.push("changed nothing");
  return parts.filter((part) => part !== null).join(", ");
}

/** All that is known of an act, one sentence after another. */
export function actDetails(act: Act): string[] {
  const { change, outcome, exitCode, beganAt, endedAt } = act;
  const lines: string[] = [];
  if (endedAt !== null && outcome !== "unknown") {
    const seconds = Math.max(0, Date.parse(endedAt) - Date.parse(beganAt)) / 1000;
    const code = exitCode === null ? "" : `, exit code ${exitCode}`;
    lines.push(`It took ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s${code}.`);
  } else if (outcome === "running") lines.push("It still runs.");
  else lines.push("Its end was not seen.");
  if (!change) return lines;
  const changed = change.files - change.added - change.removed;
  const counts = `${change.added.toLocaleString("en")} added, ${changed.toLocaleString("en")} changed, ${change.removed.toLocaleString("en")} removed`;
  lines.push(`${counts} (${changeText(change)}).`);
  if (change.inDependencies > 0)
    lines.push(`${count(change.inDependencies, "of them is a dependency’s", "of them are dependencies’")}.`);
  if (change.inGit > 0) lines.push(`Git changed ${count(change.inGit, "file")} of its own.`);
  if (change.lockfiles.length > 0) lines.push(`Lockfiles: ${change.lockfiles.join(", ")}.`);
  return lines;
}
