import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { storeText } from "../projectText.ts";

export function addStore(program: Command, context: CliContext): void {
  const store = program
    .command("store")
    .summary("set, show and check the store that keeps the safe copies")
    .description("Set, show and check the store that keeps the safe copies.");

  store
    .command("set")
    .description(
      "Sets where safe copies go: dir:///path or s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=true.\n" +
        "Credentials come from the usual AWS places, never from the address. The store is checked first.",
    )
    .argument("<url>", "the address")
    .addHelpText("after", "\nExample:\n  $ forkpoint store set dir:///mnt/backup/forkpoint")
    .action(async (url: string) => {
      const set = await context.call("store/set", { url });
      context.show(set, () => storeText(set, context.terminal));
    });

  store
    .command("show")
    .description("Shows the store as it was last checked; with --json null when none is set.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store show")
    .action(async () => {
      const { store: shown } = await context.call("store/show", {});
      context.show(shown, () =>
        shown
          ? storeText(shown, context.terminal)
          : "No store is set. Set one with `forkpoint store set URL`.",
      );
    });

  store
    .command("check")
    .description("Reads and writes a small object in the store and says how that went.")
    .addHelpText("after", "\nExample:\n  $ forkpoint store check --json")
    .action(async () => {
      const checked = await context.call("store/check", {});
      if (checked.state !== "ok") context.exitCode = 1;
      context.show(checked, () => storeText(checked, context.terminal));
    });
}
