import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";
import { projectText } from "../projectText.ts";

export function addFork(program: Command, context: CliContext): void {
  program
    .command("fork")
    .summary("make a new project from this one, now or at a snapshot")
    .description(
      "Makes a new project whose workspace starts as this one is now, or as it was at a snapshot. The two share\n" +
        "their blocks until one changes. A single word is taken for a project when one has that slug or id.",
    )
    .argument("[snapshot...]", "[PROJECT] [SNAPSHOT]")
    .usage("[options] [PROJECT] [SNAPSHOT] --slug SLUG")
    .requiredOption("--slug <slug>", "the new project's name")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint fork --slug try-sqlite\n  $ forkpoint fork shop 7k2m --slug shop-before",
    )
    .action(async (words: string[], { slug }: { slug: string }) => {
      const { project, snapshotId } = await positions(words, context);
      const { projectId } = await context.project(project);
      const fork = await context.call("project/fork", {
        project: projectId,
        slug,
        ...(snapshotId === undefined ? {} : { snapshotId }),
      });
      context.show(fork, () => projectText(fork, context.terminal));
    });
}

async function positions(words: string[], context: CliContext) {
  const [first, second, ...rest] = words;
  if (rest.length > 0) context.wrongUsage("fork takes at most a project and a snapshot.");
  if (second !== undefined || first === undefined) return { project: first, snapshotId: second };
  return (await context.isProject(first))
    ? { project: first, snapshotId: undefined }
    : { project: undefined, snapshotId: first };
}
