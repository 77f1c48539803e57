import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { projectText } from "../projectText.ts";
import { givenSecret, type SecretOptions, takeSecret, withOpenStore } from "../secrets.ts";

export function addPull(program: Command, context: CliContext): void {
  takeSecret(program.command("pull"))
    .summary("rebuild a project from the store")
    .description(
      "Rebuilds a project from the store alone: as it was last pushed, or at one snapshot.\n" +
        "Where the store is encrypted and locked here, its passphrase is asked for.",
    )
    .argument("<project>", "slug or id, as the store knows it")
    .argument("[snapshot]", "one snapshot instead of the newest")
    .option("--slug <slug>", "the name on this machine; the one in the store when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint pull shop --slug shop-again")
    .action(
      async (
        project: string,
        snapshotId: string | undefined,
        options: SecretOptions & { readonly slug?: string },
      ) => {
        const { slug } = options;
        const wanted = {
          project,
          ...(snapshotId === undefined ? {} : { snapshotId }),
          ...(slug === undefined ? {} : { slug }),
        };
        const secret = await givenSecret(context, options);
        const pulled = await withOpenStore(context, secret, () => context.call("sync/pull", wanted));
        context.show(pulled, () => projectText(pulled, context.terminal));
      },
    );
}
