import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { confirm } from "../confirm.ts";
import { plural } from "../wording.ts";

interface Options {
  forGood?: boolean;
  yes?: true;
}

export function addDelete(program: Command, context: CliContext): void {
  program
    .command("delete")
    .summary("delete snapshots; for a while they can be brought back")
    .description(
      "Deletes snapshots from the timeline. They stay on the disk for as long as the project's settings say, a day\n" +
        "unless changed, and `forkpoint undo --operation` brings them back; sooner they go when the pool runs full.\n" +
        "What the store has of them stays there until retention and `forkpoint gc` take it.",
    )
    .argument("<snapshot...>", "[PROJECT] SNAPSHOT...")
    .usage("[options] [PROJECT] SNAPSHOT...")
    .option("--for-good", "free their room on the disk at once; a person at a terminal is asked")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint delete 7k2m\n  $ forkpoint delete shop 7k2m 4aaa --for-good",
    )
    .action(async (words: string[], { forGood = false, yes }: Options) => {
      const [first = "", ...others] = words;
      const isNamed = others.length > 0 && (await context.isProject(first));
      const { projectId, slug } = await context.project(isNamed ? first : undefined);
      const snapshotIds = isNamed ? others : words;
      if (forGood && !yes && !context.json && context.terminal.canAsk) {
        await confirm(
          `Delete ${plural(snapshotIds.length, "snapshot")} of ${slug} for good?`,
          context.signal,
        );
      }
      const result = await context.call("snapshot/delete", { project: projectId, snapshotIds, forGood });
      const { operationId, keptHours } = result;
      context.show({ ...result, deleted: snapshotIds }, () => {
        const said = `Deleted ${plural(snapshotIds.length, "snapshot")} of ${slug}`;
        if (keptHours === 0) return `${said} for good.`;
        return `${said}. For ${plural(keptHours, "hour")}, \`forkpoint undo --operation ${operationId}\` brings back what was deleted.`;
      });
    });
}
