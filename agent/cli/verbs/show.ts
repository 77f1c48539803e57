import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { Entry } from "../../protocol/entry.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { changeList, foldedChangeList } from "../changeList.ts";
import type { CliContext } from "../cliContext.ts";
import { entryText } from "../entryText.ts";
import { shownText } from "../shownText.ts";
import { snapshotFile } from "../snapshotFile.ts";

const mostChanges = 200_000;

export function addShow(program: Command, context: CliContext): void {
  program
    .command("show")
    .summary("say what a snapshot changed, or print a file as it was")
    .description(
      "Shows a snapshot, or the one the workspace stands on, and what it changed against the one it grew from.\n" +
        "Folders that tools write, such as node_modules, are counted and not listed. With PATH prints that file as\n" +
        "the snapshot on this disk has it; `forkpoint cat` takes it from the store. The first word is taken for a\n" +
        "project when one has that slug or id.",
    )
    .argument("[words...]", "[PROJECT] [SNAPSHOT [PATH]]")
    .usage("[options] [PROJECT] [SNAPSHOT [PATH]]")
    .option("--all", "list what lies in such folders too")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint show                              # what the newest change was\n" +
        "  $ forkpoint show 7k2m src/server.js           # that file as it was\n" +
        "  $ forkpoint show shop 7k2m --all",
    )
    .action(async (words: string[], { all }: { all?: true }) => {
      const { project, snapshotId, path } = await positions(words, context);
      const { projectId } = await context.project(project);
      const entry = await context.call("snapshot/show", {
        project: projectId,
        ...(snapshotId === undefined ? {} : { snapshotId }),
      });
      if (path === undefined) await showEntry(entry, all ?? false, context);
      else await showFile(entry, path, context);
    });
}

async function positions(words: string[], context: CliContext) {
  const [first, second, third, ...rest] = words;
  if (rest.length > 0) context.wrongUsage("show takes at most a project, a snapshot and a path.");
  const namesProject = third !== undefined || (first !== undefined && (await context.isProject(first)));
  if (namesProject) return { project: first, snapshotId: second, path: third };
  return { project: undefined, snapshotId: first, path: second };
}

async function showEntry(entry: Entry, isAll: boolean, context: CliContext): Promise<void> {
  const { terminal } = context;
  const { projectId, snapshotId, parentId } = entry;
  const result =
    parentId === null
      ? null
      : await context.call("timeline/diff", {
          ...{ project: projectId, from: parentId, to: snapshotId, limit: mostChanges },
          packages: true,
        });
  // Known without looking at the disk, or not shown.
  const known = { project: projectId, snapshotIds: [snapshotId], wait: false };
  const { together } = await context.call("timeline/sizes", known);
  const list = isAll ? changeList : foldedChangeList;
  await context.showPaged({ ...entry, ...result, room: together }, () =>
    [entryText(entry, terminal, together), ...(result ? ["", list(result, terminal)] : [])].join("\n"),
  );
}

async function showFile(entry: Entry, path: string, context: CliContext): Promise<void> {
  if (context.json) context.wrongUsage("With a path, show prints the file itself, so it has no --json.");
  const { snapshotId } = entry;
  if (!existsSync(entry.path)) {
    throw new ForkpointError("SNAPSHOT_NOT_LOCAL", `The snapshot ${snapshotId} is not on this disk.`, {
      hint: `Take the file from the store with \`forkpoint cat ${snapshotId} PATH\`.`,
    });
  }
  const { terminal } = context;
  const file = await snapshotFile(entry.path, path);
  if (terminal.screenRows === null) {
    for await (const piece of file.pieces()) await terminal.printBytes(piece);
    return;
  }
  await context.page(async (print) => {
    for await (const text of shownText(file, path)) await print(text);
  });
}
