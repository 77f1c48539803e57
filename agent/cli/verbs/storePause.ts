import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";

/** `forkpoint store pause` and `forkpoint store resume` */
export function addStorePause(store: Command, context: CliContext): void {
  store
    .command("pause")
    .description(
      "Stops pushing to the store at once, until it is resumed, also after a start. New snapshots stay on this\n" +
        "disk. Reading from the store, verify and gc go on as before.",
    )
    .addHelpText("after", "\nExample:\n  $ forkpoint store pause")
    .action(async () => {
      const paused = await context.call("store/pause", {});
      context.show(paused, () => "Pushing is paused. New snapshots stay on this disk.");
    });

  store
    .command("resume")
    .description("Pushes what waits, and what comes. Nothing that was sent before is sent again.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store resume")
    .action(async () => {
      const resumed = await context.call("store/resume", {});
      context.show(resumed, () => "Pushing goes on.");
    });
}
