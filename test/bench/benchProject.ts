import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";
import type { Machine } from "../support/machine.ts";
import { FileTree } from "./fileTree.ts";
import { type Timing, timed } from "./timings.ts";

/** Room for the largest tree in all the states that are measured. */
export const poolMib = 20 * 1024;

/** A project under measurement, with the agent that holds it. */
export interface BenchProject {
  readonly machine: Machine;
  readonly client: AgentClient;
  readonly project: Project;
  readonly tree: FileTree;
  readonly mode: PrivilegeMode;
  /** Another machine of the same person, with nothing on it. */
  readonly otherMachine: () => Machine;
}

/** Imports a tree of some files into a machine's pool, as people do: the folder moves there. */
export async function importTree(
  on: Omit<BenchProject, "project" | "tree">,
  files: number,
): Promise<{ benched: BenchProject; timing: Timing }> {
  const { machine, client, mode } = on;
  const source = new FileTree(machine.path(`source-${files}`), files);
  source.make();
  machine.give(source.root);
  let project: Project | undefined;
  const runs = await timed(1, async () => {
    const imported = await client.call("project/import", { path: source.root, slug: `files-${files}` });
    project = imported.project;
  });
  if (!project) throw new Error("No project came out of the import.");
  const benched = { ...on, project, tree: new FileTree(project.path, files) };
  return { benched, timing: { operation: "import", mode, files, runs } };
}
