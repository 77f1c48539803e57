import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../agent/protocol/entities.ts";
import type { Machine } from "../support/machine.ts";
import { FileTree } from "./fileTree.ts";
import { type Timing, timed } from "./timings.ts";

/** A project under measurement, with the agent that holds it. */
export interface BenchProject {
  readonly machine: Machine;
  readonly client: AgentClient;
  readonly project: Project;
  readonly tree: FileTree;
}

/** Imports a tree of some files into a machine's pool, as people do: the folder moves there. */
export async function importTree(
  machine: Machine,
  client: AgentClient,
  files: number,
): Promise<{ benched: BenchProject; timings: Timing[] }> {
  const source = new FileTree(machine.path(`source-${files}`), files);
  source.make();
  let project: Project | undefined;
  const runs = await timed(1, async () => {
    const imported = await client.call("project/import", { path: source.root, slug: `files-${files}` });
    project = imported.project;
  });
  if (!project) throw new Error("No project came out of the import.");
  const benched = { machine, client, project, tree: new FileTree(project.path, files) };
  return { benched, timings: [{ operation: "import", files, runs }] };
}
