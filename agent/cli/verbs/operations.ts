import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { operationTable } from "../operationText.ts";
import { toCount } from "../toCount.ts";

interface Options {
  number?: number;
  everywhere?: true;
  rollOffs?: true;
}

const standard = 30;

export function addOperations(program: Command, context: CliContext): void {
  program
    .command("operations")
    .summary("list what was done: restores, deletions, forks; most can be undone")
    .description(
      "Lists what was done to a project, newest first: restores, deleted snapshots, forks, imports. UNDO says until\n" +
        "when `forkpoint undo --operation ID` undoes it, or what else can be done.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .option("-n, --number <count>", `at most so many; ${standard} when absent`, toCount)
    .option("--everywhere", "of all projects of this machine, deleted ones included")
    .option("--roll-offs", "also the snapshots that retention took")
    .addHelpText("after", "\nExamples:\n  $ forkpoint operations\n  $ forkpoint undo --operation 12")
    .action(async (named: string | undefined, options: Options) => {
      if (options.everywhere && named !== undefined) {
        context.wrongUsage("Name a project, or write --everywhere.");
      }
      const project = options.everywhere ? undefined : (await context.project(named)).projectId;
      const { operations } = await context.call("operations/list", {
        ...(project === undefined ? {} : { project }),
        limit: Math.min(options.number ?? standard, 1000),
        rollOffs: options.rollOffs ?? false,
      });
      await context.showPaged(operations, () =>
        operations.length === 0
          ? "Nothing was done that is remembered."
          : operationTable(operations, context.terminal),
      );
    });
}
