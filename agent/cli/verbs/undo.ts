import { type Command, Option } from "commander";
import type { CliContext } from "../cliContext.ts";
import { type Consent, restoreConsent } from "../restoreConsent.ts";
import { restoredJson, restoredText } from "../restoredText.ts";
import { toCount } from "../toCount.ts";
import { plural } from "../wording.ts";

interface Options extends Consent {
  operation?: number;
  openFiles?: "proceed";
}

export function addUndo(program: Command, context: CliContext): void {
  program
    .command("undo")
    .summary("undo the newest restore, or an operation")
    .description(
      "Brings back what the newest restore replaced. A second undo brings the restored state back. A person at a\n" +
        "terminal sees first what would change, and is asked. With --operation undoes one of `forkpoint operations`:\n" +
        "deleted snapshots come back.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addOption(
      new Option("--open-files <what>", "although programs hold files open for writing").choices(["proceed"]),
    )
    .option("--operation <id>", "this one of `forkpoint operations`, of any project", toCount)
    .option("--dry-run", "only say what would change")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint undo\n  $ forkpoint undo --dry-run\n  $ forkpoint undo --operation 12",
    )
    .action(async (named: string | undefined, { openFiles, operation, ...consent }: Options) => {
      if (operation !== undefined) {
        if (named !== undefined || consent.dryRun) {
          context.wrongUsage("--operation goes with neither a project nor --dry-run.");
        }
        await undoOperation(operation, openFiles, context);
        return;
      }
      const { projectId } = await context.project(named);
      const { goOn, preview } = await restoreConsent({ project: projectId }, consent, context);
      if (!goOn) return;
      const restoreId = preview?.undone?.snapshotId;
      const result = await context.call("timeline/undo", {
        project: projectId,
        ...(restoreId === undefined ? {} : { restoreId }),
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      context.show(restoredJson(result), () => restoredText(result, context.terminal));
    });
}

async function undoOperation(
  operationId: number,
  openFiles: "proceed" | undefined,
  context: CliContext,
): Promise<void> {
  const result = await context.call("operations/undo", {
    operationId,
    ...(openFiles === undefined ? {} : { openFiles }),
  });
  const { restored, entries } = result;
  context.show(result, () =>
    restored
      ? restoredText(restored, context.terminal)
      : `Brought back ${plural(entries.length, "snapshot")}: ${entries.map(({ snapshotId }) => snapshotId).join(", ")}.`,
  );
}
