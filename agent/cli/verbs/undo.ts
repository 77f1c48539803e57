import { type Command, Option } from "commander";
import type { CliContext } from "../cliContext.ts";
import { type Consent, restoreConsent } from "../restoreConsent.ts";
import { restoredJson, restoredText } from "../restoredText.ts";

interface Options extends Consent {
  openFiles?: "proceed";
}

export function addUndo(program: Command, context: CliContext): void {
  program
    .command("undo")
    .summary("undo the newest restore")
    .description(
      "Brings back what the newest restore replaced. A second undo brings the restored state back. A person at a\n" +
        "terminal sees first what would change, and is asked.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addOption(
      new Option("--open-files <what>", "although programs hold files open for writing").choices(["proceed"]),
    )
    .option("--dry-run", "only say what would change")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExamples:\n  $ forkpoint undo\n  $ forkpoint undo --dry-run")
    .action(async (named: string | undefined, { openFiles, ...consent }: Options) => {
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
