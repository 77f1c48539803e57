import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { projectText } from "../projectText.ts";

export function addPull(program: Command, context: CliContext): void {
  program
    .command("pull")
    .summary("rebuild a project from the store")
    .description("Rebuilds a project from the store alone: as it was last pushed, or at one snapshot.")
    .argument("<project>", "slug or id, as the store knows it")
    .argument("[snapshot]", "one snapshot instead of the newest")
    .option("--slug <slug>", "the name on this machine; the one in the store when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint pull shop --slug shop-again")
    .action(async (project: string, snapshotId: string | undefined, { slug }: { slug?: string }) => {
      const pulled = await context.call("sync/pull", {
        project,
        ...(snapshotId === undefined ? {} : { snapshotId }),
        ...(slug === undefined ? {} : { slug }),
      });
      context.show(pulled, () => projectText(pulled, context.terminal));
    });
}
