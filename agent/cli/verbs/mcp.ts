import type { Command } from "commander";
import type { CliContext } from "../cliContext.ts";

interface Options {
  project?: string;
  fork?: string | true;
  allowRestore?: boolean;
  turns: boolean;
}

export function addMcp(program: Command, context: CliContext): void {
  program
    .command("mcp")
    .summary("let a coding assistant use snapshots, by the Model Context Protocol")
    .description(
      "Serves one project to a client of the Model Context Protocol on stdin and stdout, until stdin ends. Its tools\n" +
        "list, take, compare and show snapshots, fork and restore. A restore asks a person first, by the client.\n" +
        "The workspace is kept as it was before the assistant's first call, and as it is a minute after the last.\n" +
        "With --fork only a fork of the project can be seen and changed, whatever the client asks for.",
    )
    .option("--project <project>", "slug, id or folder; the project of the current directory when absent")
    .option(
      "--fork [slug]",
      "make a fork first and serve that alone; with a name, the fork of that name is used again",
    )
    .option("--allow-restore", "restore without asking")
    .option("--no-turns", "take no snapshots but those that the assistant asks for")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint mcp --project ~/code/shop\n  $ forkpoint mcp --fork try-it",
    )
    .action(async ({ project, fork, allowRestore = false, turns }: Options) => {
      if (context.json) context.wrongUsage("mcp speaks a protocol of its own, so it has no --json.");
      // What it takes is loaded by those who use it.
      const { serveProject } = await import("../mcp/serveProject.ts");
      await serveProject(context, {
        named: project,
        fork: fork === undefined ? null : { slug: fork === true ? undefined : fork },
        allowRestore,
        turns,
      });
    });
}
