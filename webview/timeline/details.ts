import type { Entry } from "../../agent/protocol/entities.ts";
import type { TimelineCommand } from "../../extension/panels/timelineMessages.ts";
import { actAfter, actDetails } from "../../extension/wording/acts.ts";
import { causeReasons, entryTitle } from "../../extension/wording/causes.ts";
import { durabilityWords } from "../../extension/wording/durability.ts";
import { longDate } from "../../extension/wording/relativeTime.ts";
import { element } from "../element.ts";
import type { GraphRow } from "./graphRows.ts";

/** Starts a command of the editor on something. */
export type Run = (command: TimelineCommand, target?: { snapshotId?: string; projectId?: string }) => void;

/** What the details pane says of a row, with the actions one wants there. */
export function details(row: GraphRow, run: Run): Node[] {
  switch (row.kind) {
    case "now":
      return [
        heading("Now"),
        paragraph("The workspace as it stands. Take a snapshot to be able to come back to it."),
        actions([
          ["Take snapshot", () => run("forkpoint.takeSnapshot")],
          ["Fork from now", () => run("forkpoint.forkFromNow")],
        ]),
      ];
    case "fork":
      return [
        heading(row.fork.slug),
        paragraph(`A fork, made ${longDate(row.fork.createdAt)}. It goes its own way from here.`),
        actions([["Open in new window", () => run("forkpoint.openFork", { projectId: row.fork.projectId })]]),
      ];
    case "origin":
      return [
        heading(row.slug),
        paragraph("This project was forked from it; what came before is in its timeline."),
        actions([["Open in new window", () => run("forkpoint.openFork", { projectId: row.projectId })]]),
      ];
    case "entry":
      return entryDetails(row.entry, run);
  }
}

function entryDetails(entry: Entry, run: Run): Node[] {
  const { snapshotId } = entry;
  const act = actAfter(entry);
  const on = (command: TimelineCommand) => () => run(command, { snapshotId });
  const more: [string, () => void][] = [
    ...(act?.beforeId
      ? ([
          ["Restore to before…", on("forkpoint.restoreBefore")],
          ["Compare before with after", on("forkpoint.compareBeforeAfter")],
        ] as [string, () => void][])
      : []),
    ...(entry.parentId === null
      ? []
      : [["Compare with previous", on("forkpoint.compareWithPrevious")] as [string, () => void]]),
    ["Browse files", on("forkpoint.browseSnapshot")],
    ["Rename", on("forkpoint.renameSnapshot")],
    ["Edit note", on("forkpoint.editNote")],
    entry.pinned ? ["Unpin", on("forkpoint.unpinSnapshot")] : ["Pin", on("forkpoint.pinSnapshot")],
    ...(entry.head || entry.pinned
      ? []
      : [["Delete", on("forkpoint.deleteSnapshot")] as [string, () => void]]),
  ];
  return [
    heading(entryTitle(entry)),
    ...(entry.note ? [element("p", { class: "note" }, entry.note)] : []),
    element(
      "dl",
      {},
      ...fact("Made", longDate(entry.createdAt)),
      ...fact("By", entry.author),
      ...fact("Why", causeReasons[entry.cause]),
      ...(act ? fact("What", actDetails(act).join(" ")) : []),
      ...(entry.tests ? fact("Tests", `They ${entry.tests} on this state.`) : []),
      ...fact("Safety", durabilityWords[entry.durability].sentence),
      ...fact(
        "Kept",
        entry.pinned ? "Pinned: it stays until you unpin it." : "Until newer ones take its place.",
      ),
      ...(entry.head ? fact("Current", "The workspace as it stands grew from this one.") : []),
      ...fact("ID", snapshotId, "code"),
    ),
    actions([
      ["Compare with now", on("forkpoint.compareWithNow")],
      ["Restore…", on("forkpoint.restoreWorkspace")],
      ["Fork from here…", on("forkpoint.forkFromEntry")],
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
