import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import type { Project } from "../../protocol/project.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import { projectTable, projectText } from "../projectText.ts";

export function addProject(program: Command, context: CliContext): void {
  const project = program
    .command("project")
    .summary("make, list, show and delete projects")
    .description("Make, list, show and delete projects.");
  addImport(project, context);

  project
    .command("list")
    .description("Lists the projects of this machine.")
    .addHelpText("after", "\nExample:\n  $ forkpoint project list --json")
    .action(async () => {
      const { projects } = await context.call("project/list", {});
      context.show(projects, () =>
        projects.length === 0
          ? "There are no projects yet. Make one with `forkpoint project import DIR`."
          : projectTable(projects, context.terminal),
      );
    });

  project
    .command("show")
    .description("Shows one project.")
    .argument("[project]", "slug or id; the project of the current directory when absent")
    .addHelpText("after", "\nExample:\n  $ forkpoint project show shop")
    .action(async (named: string | undefined) => {
      const found = await context.project(named);
      context.show(found, () => projectText(found, context.terminal));
    });

  project
    .command("delete")
    .description(
      "Deletes a project's workspace and snapshots from this machine. The store keeps its copy, from which\n" +
        "`forkpoint pull` rebuilds it. Refused while forks of it live. A person at a terminal is asked first.",
    )
    .argument("<project>", "slug or id")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nExample:\n  $ forkpoint project delete try-sqlite --yes")
    .action(async (named: string, { yes }: { yes?: true }) => {
      const found = await context.project(named);
      if (!yes && context.terminal.interactive && process.stdin.isTTY) await confirm(found, context.signal);
      await context.call("project/delete", { project: found.projectId });
      const { projectId, slug, path } = found;
      context.show({ projectId, slug, path, deleted: true }, () => `Deleted ${slug} from this machine.`);
    });
}

function addImport(project: Command, context: CliContext): void {
  project
    .command("import")
    .description(
      "Makes a project of a folder. A subvolume of a pool is taken as it is, where it is. Any other folder is\n" +
        "copied into a pool and, once the copy is proven equal, replaced by a symbolic link to it.\n" +
        "With --json prints the project, with the first entry's snapshotId.",
    )
    .argument("<dir>", "the folder")
    .option("--slug <slug>", "the project's name; made from the folder's when absent")
    .option("--copy", "leave the folder as it is")
    .addHelpText("after", "\nExample:\n  $ forkpoint project import ~/code/shop --slug shop")
    .action(async (dir: string, { slug, copy = false }: { slug?: string; copy?: boolean }) => {
      const path = context.absolute(dir);
      const result = await context.call("project/import", {
        path,
        copy,
        ...(slug === undefined ? {} : { slug }),
      });
      const { entry, adopted } = result;
      context.show({ ...result.project, snapshotId: entry.snapshotId, adopted }, () =>
        projectText(result.project, context.terminal),
      );
    });
}

async function confirm({ slug, path }: Project, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`Delete ${slug} with all its snapshots (${path})? [y/N] `, {
      signal,
    });
    if (!/^y(es)?$/i.test(answer.trim())) throw new ForkpointError("CANCELLED", "Nothing was deleted.");
  } finally {
    lines.close();
  }
}
