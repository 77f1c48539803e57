import { type Command, Option } from "commander";
import type { CliContext } from "../cliContext.ts";
import { restoredJson, restoredText } from "../restoredText.ts";

interface Options {
  path?: string[];
  openFiles?: "proceed";
}

export function addRestore(program: Command, context: CliContext): void {
  program
    .command("restore")
    .summary("make the workspace equal to a snapshot; can be undone")
    .description(
      "Makes the workspace, or the named paths of it, equal to a snapshot, in place. What was there before is\n" +
        "kept as a snapshot of its own, which `forkpoint undo` brings back.",
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
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint restore 7k2m\n  $ forkpoint restore shop 7k2m --path src --path package.json",
    )
    .action(async (words: string[], { path, openFiles }: Options) => {
      const [snapshotId = "", named, ...rest] = words.toReversed();
      if (rest.length > 0) context.wrongUsage("restore takes a project and one snapshot.");
      const { projectId } = await context.project(named);
      const result = await context.call("timeline/restore", {
        project: projectId,
        snapshotId,
        ...(path === undefined ? {} : { paths: path }),
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      context.show(restoredJson(result), () => restoredText(result, context.terminal));
    });
}
