import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { plural } from "../wording.ts";

export function addPush(program: Command, context: CliContext): void {
  program
    .command("push")
    .summary("put every snapshot into the store")
    .description("Starts putting every snapshot that is only on this machine into the store.")
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .option("--wait", "until all are there")
    .addHelpText("after", "\nExample:\n  $ forkpoint push shop --wait")
    .action(async (named: string | undefined, { wait = false }: { wait?: boolean }) => {
      const { projectId, slug } = await context.project(named);
      const result = await context.call("sync/push", { project: projectId, wait });
      context.show({ projectId, slug, ...result }, () => {
        const pushed = result.pushed.length > 0 ? `Pushed ${plural(result.pushed.length, "snapshot")}. ` : "";
        return result.pending === 0
          ? `${pushed}Every snapshot of ${slug} is in the store.`
          : `${pushed}${plural(result.pending, "snapshot")} of ${slug} on the way.`;
      });
    });
}
