import * as l10n from "@vscode/l10n";
import type { ActChange } from "../../agent/protocol/acts.ts";
import type { Act, Entry } from "../../agent/protocol/entry.ts";
import { formatCount, plural } from "./counts.ts";
import { formatBytes } from "./sizes.ts";

/** The act that an entry came of; null when it did not come of one. */
export function actAfter(entry: Pick<Entry, "act" | "snapshotId">): Act | null {
  return entry.act?.afterId === entry.snapshotId ? entry.act : null;
}

/** What an act changed, in a few words: "412 files, +38 MB, package-lock.json". */
export function changeText(change: ActChange): string {
  const { files, bytes, inGit, lockfiles } = change;
  const parts: string[] = [];
  if (files > 0) parts.push(plural(files, "{count} file", "{count} files"));
  else if (inGit > 0) parts.push(l10n.t("only Git’s own files"));
  else if (bytes === 0) return l10n.t("only folders or permissions");
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
  if (outcome === "running") return l10n.t("still running");
  if (outcome === "unknown") return l10n.t("its end was not seen");
  if (outcome === "failed")
    return cause === "test" || !exitCode ? l10n.t("failed") : l10n.t("failed with {exitCode}", { exitCode });
  return cause === "test" ? l10n.t("passed") : null;
}

/** The grey words beside an act's name. */
export function actSummary(act: Act): string {
  const parts = [outcomeText(act)];
  if (act.change) parts.push(changeText(act.change));
  else if (act.outcome !== "running" && act.afterId === null) parts.push(l10n.t("changed nothing"));
  return parts.filter((part) => part !== null).join(", ");
}

/** All that is known of an act, one sentence after another. */
export function actDetails(act: Act): string[] {
  const { change, outcome, exitCode, beganAt, endedAt } = act;
  const lines: string[] = [];
  if (endedAt !== null && outcome !== "unknown") {
    const seconds = Math.max(0, Date.parse(endedAt) - Date.parse(beganAt)) / 1000;
    const took = seconds < 10 ? seconds.toFixed(1) : Math.round(seconds);
    lines.push(
      exitCode === null
        ? l10n.t("It took {took} s.", { took })
        : l10n.t("It took {took} s, exit code {exitCode}.", { took, exitCode }),
    );
  } else if (outcome === "running") lines.push(l10n.t("It still runs."));
  else lines.push(l10n.t("Its end was not seen."));
  if (!change) return lines;
  const changed = change.files - change.added - change.removed;
  lines.push(
    l10n.t("{added} added, {changed} changed, {removed} removed ({inAll}).", {
      added: formatCount(change.added),
      changed: formatCount(changed),
      removed: formatCount(change.removed),
      inAll: changeText(change),
    }),
  );
  if (change.inDependencies > 0)
    lines.push(
      plural(
        change.inDependencies,
        "{count} of them is a dependency’s.",
        "{count} of them are dependencies’.",
      ),
    );
  if (change.inGit > 0)
    lines.push(
      plural(change.inGit, "Git changed {count} file of its own.", "Git changed {count} files of its own."),
    );
  if (change.lockfiles.length > 0)
    lines.push(l10n.t("Lockfiles: {lockfiles}.", { lockfiles: change.lockfiles.join(", ") }));
  return lines;
}
