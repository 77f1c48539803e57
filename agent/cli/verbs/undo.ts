import { type Command, Option } from "commander";
import type { CliContext } from "../cliContext.ts";
import { restoredJson, restoredText } from "../restoredText.ts";

export function addUndo(program: Command, context: CliContext): void {
  program
    .command("undo")
    .summary("undo the newest restore")
    .description(
      "Brings back what the newest restore replaced. A second undo brings the restored state back.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addOption(
      new Option("--open-files <what>", "although programs hold files open for writing").choices(["proceed"]),
    )
    .addHelpText("after", "\nExample:\n  $ forkpoint undo")
    .action(async (named: string | undefined, { openFiles }: { openFiles?: "proceed" }) => {
      const { projectId } = await context.project(named);
      const result = await context.call("timeline/undo", {
        project: projectId,
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      context.show(restoredJson(result), () => restoredText(result, context.terminal));
    });
}
