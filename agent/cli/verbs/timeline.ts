import type { Command } from "commander";
import type { Entry } from "../../protocol/entities.ts";
import type { CliContext } from "../cliContext.ts";
import { entryTable } from "../entryTable.ts";

const pageSize = 1000;

export function addTimeline(program: Command, context: CliContext): void {
  program
    .command("timeline")
    .summary("list the snapshots, newest first")
    .description(
      "Lists the snapshots of a project, newest first. A star marks the one the workspace stands on.",
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint timeline shop --json")
    .action(async (named: string | undefined) => {
      const { projectId, slug } = await context.project(named);
      const entries: Entry[] = [];
      for (let more = true; more;) {
        const before = entries.at(-1)?.snapshotId;
        const page = await context.call("timeline/list", {
          project: projectId,
          limit: pageSize,
          ...(before === undefined ? {} : { before }),
        });
        entries.push(...page.entries);
        more = page.more;
      }
      context.show(entries, () =>
        entries.length === 0 ? `${slug} has no snapshots yet.` : entryTable(entries, context.terminal),
      );
    });
}
