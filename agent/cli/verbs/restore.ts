import { type Command, Option } from "commander";
import { type RestorePart, restoreParts } from "../../protocol/restoreParts.ts";
import type { CliContext } from "../cliContext.ts";
import { type Consent, restoreConsent } from "../restoreConsent.ts";
import { restoredJson, restoredText } from "../restoredText.ts";

interface Options extends Consent {
  path?: string[];
  only?: RestorePart[];
  except?: RestorePart[];
  openFiles?: "proceed";
}

export function addRestore(program: Command, context: CliContext): void {
  program
    .command("restore")
    .summary("make the workspace equal to a snapshot; can be undone")
    .description(
      "Makes the workspace, or the named paths of it, equal to a snapshot, in place. What was there before is\n" +
        "kept as a snapshot of its own, which `forkpoint undo` brings back. A person at a terminal sees first what\n" +
        "would change, and is asked.\n" +
        "Dependencies are folders of installed packages, such as node_modules, and lockfiles; package.json and the like\n" +
        "belong to the files. The database is what is found to be one by its content: SQLite, DuckDB and Redis files, and\n" +
        "data folders of PostgreSQL, MySQL and MongoDB. Files are all else.",
    )
    .argument("<snapshot...>", "[PROJECT] SNAPSHOT")
    .usage("[options] [PROJECT] SNAPSHOT")
    .option(
      "--path <path>",
      "only this path, relative to the workspace's root, as `forkpoint diff` prints it; may be repeated",
      (path: string, before: string[] | undefined) => [...(before ?? []), path],
    )
    .addOption(
      new Option("--only <part...>", "only these parts: dependencies, database, files").choices(restoreParts),
    )
    .addOption(new Option("--except <part...>", "all parts but these").choices(restoreParts))
    .addOption(
      new Option("--open-files <what>", "although programs hold files open for writing").choices(["proceed"]),
    )
    .option("--dry-run", "only say what would change")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint restore 7k2m\n  $ forkpoint restore shop 7k2m --path src --path package.json\n" +
        "  $ forkpoint restore 7k2m --only dependencies\n" +
        "  $ forkpoint restore 7k2m --except database --dry-run",
    )
    .action(async (words: string[], { path, only, except, openFiles, ...consent }: Options) => {
      const [snapshotId = "", named, ...rest] = words.toReversed();
      if (rest.length > 0) context.wrongUsage("restore takes a project and one snapshot.");
      const given = [path, only, except].filter((each) => each !== undefined);
      if (given.length > 1)
        context.wrongUsage("--path, --only and --except are three ways to say it; choose one.");
      const parts = except ? restoreParts.filter((part) => !except.includes(part)) : only;
      if (parts?.length === 0) context.wrongUsage("That leaves nothing to restore.");
      const { projectId } = await context.project(named);
      const wish = {
        ...{ project: projectId, snapshotId },
        ...(path === undefined ? {} : { paths: path }),
        ...(parts === undefined ? {} : { parts: [...new Set(parts)] }),
      };
      const { goOn } = await restoreConsent(wish, consent, context);
      if (!goOn) return;
      const result = await context.call("timeline/restore", {
        ...wish,
        ...(openFiles === undefined ? {} : { openFiles }),
      });
      context.show(restoredJson(result), () => restoredText(result, context.terminal));
    });
}
