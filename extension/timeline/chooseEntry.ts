import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import { askOne } from "../feedback/ask.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { causeIcons, entryTitle } from "../wording/causes.ts";
import { durabilityWords } from "../wording/durability.ts";
import { entryArgument } from "./entryArgument.ts";
import { entryDescription } from "./entryText.ts";
import type { Timeline } from "./timeline.ts";

interface EntryPick extends vscode.QuickPickItem {
  readonly entry: Entry | null;
}

/**
 * The entry a command works on: the one it was started on, else one a person picks from the timeline.
 * @throws Dismissed, NextStep when there is nothing to pick, ForkpointError SNAPSHOT_NOT_FOUND
 */
export async function chooseEntry(
  timeline: Timeline,
  argument: unknown,
  title: string,
  offered: (entry: Entry) => boolean = () => true,
): Promise<Entry> {
  const snapshotId = entryArgument(argument);
  if (snapshotId !== undefined) return namedEntry(timeline, snapshotId);
  const entries = (await timeline.fresh()).filter(offered);
  if (entries.length === 0) {
    throw new NextStep(l10n.t("There is no snapshot to choose. Take one first."), "forkpoint.takeSnapshot");
  }
  return pickEntry(timeline, title, offered);
}

/** An entry by its id. @throws ForkpointError SNAPSHOT_NOT_FOUND when it is gone */
export async function namedEntry(timeline: Timeline, snapshotId: string): Promise<Entry> {
  return timeline.find(snapshotId) ?? (await timeline.show(snapshotId));
}

async function pickEntry(
  timeline: Timeline,
  title: string,
  offered: (entry: Entry) => boolean,
): Promise<Entry> {
  const picks: EntryPick[] = timeline.entries.filter(offered).map(entryPick);
  if (timeline.more)
    picks.push({ label: `$(ellipsis) ${l10n.t("Show older snapshots")}`, alwaysShow: true, entry: null });
  const { entry } = await askOne(picks, {
    title,
    placeHolder: l10n.t("Choose a snapshot"),
    matchOnDetail: true,
  });
  if (entry) return entry;
  await timeline.loadMore();
  return pickEntry(timeline, title, offered);
}

/** An entry as a line of a list to choose from. */
export function entryPick(entry: Entry): vscode.QuickPickItem & { readonly entry: Entry } {
  const note = entry.note?.trim().split("\n")[0];
  return {
    label: `$(${entry.pinned ? "pinned" : causeIcons[entry.cause]}) ${entryTitle(entry)}`,
    description: `${entryDescription(entry, Date.now())} · ${durabilityWords[entry.durability].short}`,
    ...(note && { detail: note }),
    entry,
  };
}
