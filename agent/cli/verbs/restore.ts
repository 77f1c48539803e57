import { type Command, Option } from "commander";
import type { CliContext } from "../cliContext.ts";
import { type Consent, restoreConsent } from "../restoreConsent.ts";
import { restoredJson, restoredText } from "../restoredText.ts";

interface Options extends Consent {
  path?: string[];
  openFiles?: "proceed";
}

export function addRestore(program: Command, context: CliContext): void {
  program
    .command("restore")
    .summary("make the workspace equal to a snapshot; can be undone")
    .description(
      "Makes the workspace, or the named paths of it, equal to a snapshot, in place. What was there before is\n" +
        "kept as a snapshot of its own, which `forkpoint undo` brings back. A person at a terminal sees first what\n" +
        "would change, and is asked.",
    )
    .argument("<snapshot...>", "[PROJECT] SNAPSHOT")
    .usage("[options] [PROJECT] SNAPSHOT")
    .option(
      "--path <path>",
      "only this path, relative to the workspace's root, as `forkpoint diff` prints it; may be repeated",
      (path: string, before: string[] | undefined) => [...(before ?? []), path],
    )
    .addOption(
      new Option("--open-files <what>", "although programs hold files open for writing").choices(["proceed"]),
    )
    .option("--dry-run", "only say what would change")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint restore 7k2m\n  $ forkpoint restore shop 7k2m --path src --path package.json\n" +
        "  $ forkpoint restore 7k2m --dry-run",
    )
    .action(async (words: string[], { path, openFiles, ...consent }: Options) => {
      const [snapshotId = "", named, ...rest] = words.toReversed();
      if (rest.length > 0) context.wrongUsage("restore takes a project and one snapshot.");
      const { projectId } = await context.project(named);
      const wish = { project: projectId, snapshotId, ...(path === undefined ? {} : { paths: path }) };
      const { goOn } = await restoreConsent(wish, consent, context);
      if (!goOn) return;
      const result = await context.call("timeline/restore", {
        ...wish,
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      context.show(restoredJson(result), () => restoredText(result, context.terminal));
    });
}
