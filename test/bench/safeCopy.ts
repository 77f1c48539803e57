import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type BenchProject, poolMib } from "./benchProject.ts";
import { type Timing, timed } from "./timings.ts";

const changedFiles = 100;
const fewFiles = 10;
const pushes = 10;
const snapshots = 30;

/**
 * Push and pull, one operation after another, with a store in a folder. The first push is of one entry; the incremental ones are timed from the
 * end of their snapshot, with which they begin.
 */
export async function* timeSafeCopy(benched: BenchProject, launchScript: string): AsyncGenerator<Timing> {
  const { client, machine, project, tree, mode } = benched;
  const { files } = tree;
  const name = project.projectId;
  const url = `dir://${machine.makeFolder(`store-${files}`)}`;
  const push = () => client.call("sync/push", { project: name, wait: true });
  const timing = (operation: string, runs: number[]): Timing => ({ operation, mode, files, runs });

  await keepOnlyTheHead(benched);
  yield timing(
    "push, the first",
    await timed(1, async () => {
      await client.call("store/set", { url });
      assert.equal((await push()).pending, 0);
    }),
  );
  yield timing(
    `push, ${changedFiles} files changed`,
    await timed(pushes, push, {
      before: async () => {
        tree.change(changedFiles);
        await client.call("snapshot/create", { project: name });
      },
      after: ({ pending }) => assert.equal(pending, 0),
    }),
  );
  yield timing(
    `snapshot while pushing, ${fewFiles} files changed`,
    await timed(snapshots, () => client.call("snapshot/create", { project: name }), {
      before: () => tree.change(fewFiles),
      after: ({ entry }) => assert.ok(entry),
    }),
  );
  await push();
  yield timing("pull", await timePull(benched, url, launchScript));
}

/** On a machine that has nothing of the project. */
async function timePull(benched: BenchProject, url: string, script: string): Promise<number[]> {
  const { project, tree, otherMachine } = benched;
  const other = otherMachine();
  try {
    const client = await other.connect(other.agent(script));
    await other.pool(poolMib);
    await client.call("store/set", { url });
    return await timed(
      tree.files > 10_000 ? 1 : 5,
      () => client.call("sync/pull", { project: project.projectId }),
      {
        after: async (pulled) => {
          execFileSync("diff", ["--recursive", "--brief", project.path, pulled.path]);
          await client.call("project/delete", { project: pulled.projectId });
        },
      },
    );
  } finally {
    await other.end();
  }
}

async function keepOnlyTheHead({ client, project }: BenchProject): Promise<void> {
  const name = project.projectId;
  const { entries } = await client.call("timeline/list", { project: name });
  for (const { snapshotId, head, pinned } of entries) {
    if (head) continue;
    if (pinned) await client.call("snapshot/edit", { project: name, snapshotId, pinned: false });
    await client.call("snapshot/delete", { project: name, snapshotIds: [snapshotId], forGood: true });
  }
}
