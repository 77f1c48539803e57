import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";

interface Options {
  label?: string;
  note?: string;
  pin?: true;
}

export function addSnapshot(program: Command, context: CliContext): void {
  program
    .command("snapshot")
    .summary("keep the workspace as it is now")
    .description(
      "Keeps the whole workspace as it is now. Nothing is made when nothing changed since the last entry,\n" +
        "unless a label, a note or a pin asks for one. With --json prints the entry the workspace stands on,\n" +
        'with "created": whether it is new.',
    )
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .option("--label <text>", "a few words to know it by")
    .option("--note <text>", "a longer text")
    .option("--pin", "keep it whatever the retention says")
    .addHelpText("after", '\nExample:\n  $ forkpoint snapshot --label "before the upgrade" --pin')
    .action(async (named: string | undefined, options: Options) => {
      const { projectId, slug } = await context.project(named);
      const { label, note, pin = false } = options;
      const { entry, head } = await context.call("snapshot/create", {
        project: projectId,
        pin,
        ...(label === undefined ? {} : { label }),
        ...(note === undefined ? {} : { note }),
      });
      const shown = entry ?? head;
      context.show({ ...shown, created: entry !== null }, () =>
        entry
          ? `Snapshot ${context.terminal.paint("cyan", entry.snapshotId)} of ${slug}.`
          : `Nothing changed in ${slug} since ${head?.snapshotId ?? "its first snapshot"}.`,
      );
    });
}
