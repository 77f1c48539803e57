import type { Command } from "commander";
import { changeList } from "../changeList.ts";
import type { CliContext } from "../cliContext.ts";

const mostChanges = 200_000;

export function addDiff(program: Command, context: CliContext): void {
  program
    .command("diff")
    .summary("say what differs between two snapshots, or a snapshot and now")
    .description(
      "Lists the paths that differ from snapshot A to snapshot B, or to the workspace as it is now.\n" +
        "A = added, M = modified, D = removed, R = renamed, T = owner, mode, times or attributes alone.\n" +
        "Of two words the first is taken for a project when one has that slug or id, else both are snapshots.",
    )
    .argument("<snapshot...>", "[PROJECT] A [B]")
    .usage("[options] [PROJECT] A [B]")
    .addHelpText(
      "after",
      "\nExamples:\n  $ forkpoint diff 7k2m               # from that snapshot to now\n" +
        "  $ forkpoint diff 7k2m x91c          # from one to the other\n" +
        "  $ forkpoint diff shop 7k2m x91c",
    )
    .action(async (words: string[]) => {
      const { project, from, to } = await positions(words, context);
      const { projectId } = await context.project(project);
      const result = await context.call("timeline/diff", {
        project: projectId,
        from,
        limit: mostChanges,
        ...(to === undefined ? {} : { to }),
      });
      await context.showPaged(result, () => changeList(result, context.terminal));
    });
}

async function positions(words: string[], context: CliContext) {
  const [first = "", second, third, ...rest] = words;
  if (rest.length > 0) context.wrongUsage("diff takes at most a project and two snapshots.");
  if (second === undefined) return { project: undefined, from: first, to: undefined };
  if (third !== undefined) return { project: first, from: second, to: third };
  if (await context.isProject(first)) return { project: first, from: second, to: undefined };
  return { project: undefined, from: first, to: second };
}
