import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Catalog } from "../../agent/catalog/catalog.ts";
import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { fillTimeline } from "../support/longTimeline.ts";
import type { BenchProject } from "./benchProject.ts";
import { type Timing, timed } from "./timings.ts";

const amount = 10_000;
const runs = 20;
const snapshotsForPath = 1000;
const touches = 10;
const pathRuns = 5;

/** Looks for the entries that changed one file, among snapshots that are on the disk. */
export async function timePathSearch({ client, project, tree, mode }: BenchProject): Promise<Timing> {
  const { projectId } = project;
  await client.call("project/configure", { project: projectId, settings: { maxSnapshots: 10_000 } });
  for (let number = 0; number < snapshotsForPath; number++) {
    if (number % (snapshotsForPath / touches) === 0)
      writeFileSync(join(project.path, "searched"), `${number}\n`);
    await client.call("snapshot/create", { project: projectId, label: `number ${number}` });
  }
  const search = () => client.call("timeline/touching", { project: projectId, path: "searched" });
  return {
    operation: `search by path, ${snapshotsForPath} snapshots`,
    ...{ mode, files: tree.files },
    runs: await timed(pathRuns, search, {
      after: ({ snapshotIds }) => assert.equal(snapshotIds.length, touches),
    }),
  };
}

/**
 * Reads and searches a timeline of ten thousand entries more, which are in the catalog alone.
 * @param restart stops the agent, calls its argument, and connects to the next one
 */
export async function timeLongTimeline(
  { machine, project, tree, mode }: BenchProject,
  restart: (meanwhile: () => void) => Promise<AgentClient>,
): Promise<Timing[]> {
  const client = await restart(() => {
    const catalog = Catalog.open(join(machine.home, "catalog.sqlite"));
    fillTimeline(catalog, amount, project.projectId);
    catalog.close();
  });
  const { projectId } = project;
  const list = (wish: { limit: number; before?: string; filter?: { text?: string; causes?: ["install"] } }) =>
    client.call("timeline/list", { project: projectId, ...wish });
  const timing = async (operation: string, work: () => ReturnType<typeof list>): Promise<Timing> => ({
    operation: `${operation} of ${amount} entries`,
    ...{ mode, files: tree.files },
    runs: await timed(runs, work, { after: ({ entries }) => assert.ok(entries.length > 0) }),
  });
  const { entries } = await list({ limit: 1000 });
  const before = entries.at(-1)?.snapshotId ?? "";
  return [
    await timing("first page of 100", () => list({ limit: 100 })),
    await timing("a later page of 1000", () => list({ limit: 1000, before })),
    await timing("search for a label", () => list({ limit: 100, filter: { text: "label 77" } })),
    await timing("search for a command", () => list({ limit: 100, filter: { text: "package-42x" } })),
    await timing("search by cause", () => list({ limit: 100, filter: { causes: ["install"] } })),
  ];
}
