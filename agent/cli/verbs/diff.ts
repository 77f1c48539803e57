import type { Command } from "commander";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Result } from "../../protocol/methods.ts";
import { changeList, foldedChangeList, foldedInto, folderText } from "../changeList.ts";
import type { CliContext } from "../cliContext.ts";
import { fileDiffs, type Roots } from "../fileDiffs.ts";
import { patchText, statText } from "../fileDiffText.ts";
import { summaryText } from "../wording.ts";

const asked = { limit: 200_000, packages: true };

interface Options {
  stat?: true;
  patch?: true;
  all?: true;
  with?: string;
}

export function addDiff(program: Command, context: CliContext): void {
  program
    .command("diff")
    .summary("say what differs between two snapshots, or a snapshot and now")
    .description(
      "Lists the paths that differ from snapshot A to snapshot B, or to the workspace as it is now; with PATH only\n" +
        "those at or below it, relative to the workspace's root.\n" +
        "A = added, M = modified, D = removed, R = renamed, T = owner, mode, times or attributes alone.\n" +
        "The first word is taken for a project when one has that slug or id. The word after A is taken for B when\n" +
        "there is such a snapshot, else for a path.\n" +
        "Lockfiles that differ say which packages do. On a terminal, folders that tools write, such as node_modules, are\n" +
        "counted and not listed, unless --all or a path says otherwise.\n" +
        "With --patch and --stat the files are read, up to 1 MiB each and 64 MiB in all; such folders are counted too.",
    )
    .argument("[words...]", "[PROJECT] A [B] [PATH...]; with --with [PATH...]")
    .usage("[options] [PROJECT] A [B] [PATH...]")
    .option("-p, --patch", "how the text of files differs, line by line")
    .option("--stat", "how many lines of each file came and went")
    .option(
      "--with <project>",
      "what differs from that project as it is to this one as it is, such as from what a fork was made from",
    )
    .option("--all", "list or read what lies in folders that tools write, too")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint diff 7k2m               # from that snapshot to now\n" +
        "  $ forkpoint diff 7k2m x91c          # from one to the other\n" +
        "  $ forkpoint diff shop 7k2m x91c\n" +
        "  $ forkpoint diff -p 7k2m src/server.js\n" +
        "  $ forkpoint diff --with shop        # in a fork of shop",
    )
    .action(async (words: string[], options: Options) => {
      const { stat, patch, all } = options;
      if (stat && patch) context.wrongUsage("--stat and --patch are two ways to say it; choose one.");
      if (options.with === undefined && words.length === 0) context.wrongUsage("Name a snapshot.");
      const { result, roots, paths } =
        options.with === undefined
          ? await ofSnapshots(words, context)
          : await ofProjects(options.with, words, context);
      if (!stat && !patch) {
        const isFolded = context.terminal.screenRows !== null && !all && paths.length === 0;
        const list = isFolded ? foldedChangeList : changeList;
        await context.showPaged(result, () => list(result, context.terminal));
        return;
      }
      // What was asked for by name is not folded up.
      await showTexts(
        result,
        await roots(),
        { isPatch: patch ?? false, isAll: all ?? paths.length > 0 },
        context,
      );
    });
}

interface Compared {
  readonly result: Result<"timeline/diff">;
  readonly roots: () => Promise<Roots>;
  readonly paths: readonly string[];
}

async function ofSnapshots(words: string[], context: CliContext): Promise<Compared> {
  const { project: named, from, rest } = await positions(words, context);
  const { projectId, path } = await context.project(named);
  const to = await snapshotNamed(projectId, rest[0], context);
  const paths = to ? rest.slice(1) : rest;
  const result = await context.call("timeline/diff", {
    ...{ project: projectId, from, ...asked },
    ...(to === null ? {} : { to: to.snapshotId }),
    ...(paths.length === 0 ? {} : { paths }),
  });
  const roots = async () => {
    const older = await context.call("snapshot/show", { project: projectId, snapshotId: from });
    return { older: older.path, newer: to?.path ?? path };
  };
  return { result, roots, paths };
}

async function ofProjects(other: string, paths: string[], context: CliContext): Promise<Compared> {
  const [from, to] = [await context.project(other), await context.project(undefined)];
  const result = await context.call("project/compare", {
    ...{ from: from.projectId, to: to.projectId, ...asked },
    ...(paths.length === 0 ? {} : { paths }),
  });
  return { result, roots: () => Promise.resolve({ older: from.path, newer: to.path }), paths };
}

async function positions(words: string[], context: CliContext) {
  const [first = "", second, ...others] = words;
  if (second === undefined) return { project: undefined, from: first, rest: [] };
  if (await context.isProject(first)) return { project: first, from: second, rest: others };
  return { project: undefined, from: first, rest: [second, ...others] };
}

async function snapshotNamed(project: string, word: string | undefined, context: CliContext) {
  // No id is as long as that; the agent refuses to look.
  if (word === undefined || word.length > 100) return null;
  try {
    return await context.call("snapshot/show", { project, snapshotId: word });
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code === "SNAPSHOT_NOT_FOUND") return null;
    throw thrown;
  }
}

async function showTexts(
  { changes, summary, truncated }: Result<"timeline/diff">,
  roots: Roots,
  { isPatch, isAll }: { readonly isPatch: boolean; readonly isAll: boolean },
  context: CliContext,
): Promise<void> {
  const { terminal } = context;
  const folders = isAll ? new Map<string | null, never>() : Map.groupBy(changes, foldedInto);
  const read = isAll ? changes : (folders.get(null) ?? []);
  if (context.json) {
    const files = [];
    for await (const { change, text, why } of fileDiffs(read, roots)) files.push({ ...change, text, why });
    context.show({ files, summary, truncated }, () => "");
    return;
  }
  await context.page(async (print) => {
    for await (const diff of fileDiffs(read, roots))
      await print((isPatch ? patchText : statText)(diff, terminal));
    for (const [folder, within] of folders) {
      if (folder !== null) await print(folderText(folder, within, terminal));
    }
    if (truncated) await print(`… and more; only the first ${changes.length} changes were looked at`);
    // A patch is for programs too.
    if (!isPatch || terminal.screenRows !== null) await print(terminal.paint("dim", summaryText(summary)));
  });
}
