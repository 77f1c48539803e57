import type { Project } from "../../protocol/project.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";

/** What the server may touch: one project, whatever a client says. */
export interface ServedProject {
  /** @throws ForkpointError PROJECT_NOT_FOUND */
  readonly find: (call: Pick<CliContext, "call">) => Promise<Project>;
  /** The fork that stands in for the project; null when the project itself is served. */
  readonly fork: Project | null;
}

/**
 * The project that a person named, by a slug, an id or a folder, else that of the current directory. It is looked for
 * when a tool needs it, so that a server started too early is not useless, and stays the same from then on.
 */
export function theProject(named: string | undefined, context: CliContext): ServedProject {
  let projectId: string | undefined;
  return {
    fork: null,
    find: async (agent) => {
      const project =
        projectId === undefined
          ? await lookUp(named, context, agent)
          : await agent.call("project/show", { project: projectId });
      projectId = project.projectId;
      return project;
    },
  };
}

export function theFork(fork: Project): ServedProject {
  return { fork, find: (agent) => agent.call("project/show", { project: fork.projectId }) };
}

async function lookUp(
  named: string | undefined,
  context: CliContext,
  agent: Pick<CliContext, "call">,
): Promise<Project> {
  const isFolder = named === undefined || /^\.|\//.test(named);
  if (!isFolder) return agent.call("project/show", { project: named });
  const path = context.absolute(named ?? ".");
  const { project } = await agent.call("project/resolve", { path });
  if (project) return project;
  throw new ForkpointError("PROJECT_NOT_FOUND", `${path} lies in no project.`, {
    hint: "Start the server in a project or with --project, or make one with `forkpoint project import DIR`.",
  });
}
