import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Result } from "../../agent/protocol/methods.ts";
import { keepWords } from "../../agent/protocol/retention.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { roomText } from "../wording/rooms.ts";

export type Retention = Result<"timeline/retention">;

export interface EntryPick extends vscode.QuickPickItem {
  readonly entry?: Entry;
}

export function goingOf({ judged }: Retention): Entry[] {
  return judged.filter(({ reasons }) => reasons.length === 0).map(({ entry }) => entry);
}

/** "3 snapshots go, which frees 1.2 GB". */
export function goingText(retention: Retention): string {
  const amount = goingOf(retention).length;
  if (amount === 0) return l10n.t("No snapshot goes");
  return retention.room
    ? plural(
        amount,
        "{count} snapshot goes, which frees {room}",
        "{count} snapshots go, which frees {room}",
        { room: roomText(retention.room) },
      )
    : plural(amount, "{count} snapshot goes", "{count} snapshots go");
}

/** What goes and why, then what stays and why. */
export function retentionPicks(retention: Retention): EntryPick[] {
  const going = retention.judged.filter(({ reasons }) => reasons.length === 0);
  const staying = retention.judged.filter(({ reasons }) => reasons.length > 0);
  const now = Date.now();
  const pick = ({ entry, reasons, automatic }: Retention["judged"][number]): EntryPick => ({
    label: `$(${reasons.length === 0 ? "trash" : causeIcons[entry.cause]}) ${entryTitle(entry)}`,
    description: relativeTime(entry.createdAt, now),
    detail:
      reasons.length === 0
        ? automatic
          ? l10n.t("Goes: older than the newest automatic ones, the last of no kept period")
          : l10n.t("Goes: older than the newest, the last of no kept period")
        : l10n.t("Stays: {reasons}", { reasons: reasons.map((reason) => keepWords[reason]).join(", ") }),
    entry,
  });
  const head = (label: string): EntryPick => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    head(goingText(retention)),
    ...going.map(pick),
    head(plural(staying.length, "{count} snapshot stays", "{count} snapshots stay")),
    ...staying.map(pick),
  ];
}
