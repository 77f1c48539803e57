import * as l10n from "@vscode/l10n";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { TimelineCommand } from "../../extension/panels/timelineMessages.ts";
import { actAfter, actDetails } from "../../extension/wording/acts.ts";
import { causeReasons, entryTitle } from "../../extension/wording/causes.ts";
import { durabilityWords } from "../../extension/wording/durability.ts";
import { longDate } from "../../extension/wording/relativeTime.ts";
import { restoredText } from "../../extension/wording/restored.ts";
import { element } from "../element.ts";
import type { GraphRow } from "./graphRows.ts";

/** Starts a command of the editor on something. */
export type Run = (command: TimelineCommand, target?: { snapshotId?: string; projectId?: string }) => void;

/** What the details pane says of a row, with the actions one wants there. */
export function details(row: GraphRow, run: Run): Node[] {
  switch (row.kind) {
    case "now":
      return [
        heading(l10n.t("Now")),
        paragraph(l10n.t("The workspace as it stands. Take a snapshot to be able to come back to it.")),
        actions([
          [l10n.t("Take snapshot"), () => run("forkpoint.takeSnapshot")],
          [l10n.t("Fork from now"), () => run("forkpoint.forkFromNow")],
        ]),
      ];
    case "fork":
      return [
        heading(row.fork.slug),
        paragraph(
          l10n.t("A fork, made {createdAt}. It goes its own way from here.", {
            createdAt: longDate(row.fork.createdAt),
          }),
        ),
        actions([
          [l10n.t("Open in new window"), () => run("forkpoint.openFork", { projectId: row.fork.projectId })],
        ]),
      ];
    case "origin":
      return [
        heading(row.slug),
        paragraph(l10n.t("This project was forked from it; what came before is in its timeline.")),
        actions([
          [l10n.t("Open in new window"), () => run("forkpoint.openFork", { projectId: row.projectId })],
        ]),
      ];
    case "entry":
      return entryDetails(row.entry, run);
  }
}

function entryDetails(entry: Entry, run: Run): Node[] {
  const { snapshotId } = entry;
  const act = actAfter(entry);
  const restored = restoredText(entry);
  const on = (command: TimelineCommand) => () => run(command, { snapshotId });
  const more: [string, () => void][] = [
    ...(act?.beforeId
      ? ([
          [l10n.t("Restore to before…"), on("forkpoint.restoreBefore")],
          [l10n.t("Compare before with after"), on("forkpoint.compareBeforeAfter")],
        ] as [string, () => void][])
      : []),
    ...(entry.parentId === null
      ? []
      : [[l10n.t("Compare with previous"), on("forkpoint.compareWithPrevious")] as [string, () => void]]),
    [l10n.t("Browse files"), on("forkpoint.browseSnapshot")],
    [l10n.t("Rename"), on("forkpoint.renameSnapshot")],
    [l10n.t("Edit note"), on("forkpoint.editNote")],
    entry.pinned
      ? [l10n.t("Unpin"), on("forkpoint.unpinSnapshot")]
      : [l10n.t("Pin"), on("forkpoint.pinSnapshot")],
    ...(entry.head || entry.pinned
      ? []
      : [[l10n.t("Delete"), on("forkpoint.deleteSnapshot")] as [string, () => void]]),
  ];
  return [
    heading(entryTitle(entry)),
    ...(entry.note ? [element("p", { class: "note" }, entry.note)] : []),
    element(
      "dl",
      {},
      ...fact(l10n.t("Made"), longDate(entry.createdAt)),
      ...fact(l10n.t("By"), entry.author),
      ...fact(l10n.t("Why"), causeReasons[entry.cause]),
      ...(restored ? fact(l10n.t("What"), restored) : []),
      ...(act ? fact(l10n.t("What"), actDetails(act).join(" ")) : []),
      ...(entry.tests
        ? fact(
            l10n.t("Tests"),
            entry.tests === "passed"
              ? l10n.t("They passed on this state.")
              : l10n.t("They failed on this state."),
          )
        : []),
      ...fact(l10n.t("Safety"), durabilityWords[entry.durability].sentence),
      ...fact(
        l10n.t("Kept"),
        entry.pinned
          ? l10n.t("Pinned: it stays until you unpin it.")
          : l10n.t("Until newer ones take its place."),
      ),
      ...(entry.head
        ? fact(l10n.t("Current"), l10n.t("The workspace as it stands grew from this one."))
        : []),
      ...fact("ID", snapshotId, "code"),
    ),
    actions([
      [l10n.t("Compare with now"), on("forkpoint.compareWithNow")],
      [l10n.t("Restore…"), on("forkpoint.restoreWorkspace")],
      [l10n.t("Fork from here…"), on("forkpoint.forkFromEntry")],
    ]),
    actions(more, "secondary"),
  ];
}

function heading(words: string): HTMLHeadingElement {
  return element("h2", {}, words);
}

function paragraph(words: string): HTMLParagraphElement {
  return element("p", {}, words);
}

function fact(name: string, value: string, names = ""): Node[] {
  return [element("dt", {}, name), element("dd", { class: names }, value)];
}

/** Buttons, of which the first is the one that is wanted most. */
function actions(all: readonly (readonly [string, () => void])[], names = ""): HTMLDivElement {
  return element(
    "div",
    { class: `actions ${names}` },
    ...all.map(([title, onClick], index) =>
      element(
        "button",
        { class: index === 0 ? "" : "quiet", attributes: { type: "button" }, onClick },
        title,
      ),
    ),
  );
}
