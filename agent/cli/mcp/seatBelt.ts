import type { Project } from "../../protocol/project.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";

const longestBase = 50;
const mostTries = 1000;

/**
 * The fork to be served in place of a project: a new one, with a name of its own unless one is given; the one that has
 * that name when it is a fork of the project already, so that a client's configuration can be used again.
 * @throws ForkpointError SLUG_TAKEN, SLUG_INVALID, and what forking throws
 */
export async function forkOf(
  original: Project,
  slug: string | undefined,
  context: Pick<CliContext, "call">,
): Promise<Project> {
  const { projects } = await context.call("project/list", {});
  const taken = new Map(projects.map((project) => [project.slug, project]));
  const make = (name: string) => context.call("project/fork", { project: original.projectId, slug: name });
  if (slug !== undefined) {
    const there = taken.get(slug);
    return there?.forkedFrom?.projectId === original.projectId ? there : make(slug);
  }
  const base = `${original.slug.slice(0, longestBase).replace(/-+$/, "")}-try`;
  for (let n = 1; n <= mostTries; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (taken.has(name)) continue;
    try {
      return await make(name);
    } catch (thrown) {
      // Another may have taken the name meanwhile.
      if (!(thrown instanceof ForkpointError && thrown.code === "SLUG_TAKEN")) throw thrown;
    }
  }
  throw new ForkpointError("SLUG_TAKEN", `There are too many forks of ${original.slug}.`, {
    hint: "Delete some with `forkpoint project delete`, or name one with --fork SLUG.",
  });
}
