import assert from "node:assert/strict";
import type { BenchProject } from "./benchProject.ts";
import { type Timing, timed } from "./timings.ts";

const manyRuns = 30;
const someRuns = 10;
const changedFiles = 1000;
const fewFiles = 10;

/** Everything that needs no store. None is set, so nothing is pushed meanwhile. */
export async function timeLocalOperations({ client, project, tree }: BenchProject): Promise<Timing[]> {
  const { files } = tree;
  const name = project.projectId;
  const takeSnapshot = () => client.call("snapshot/create", { project: name });
  const timings: Timing[] = [];
  const add = (operation: string, runs: number[]) => timings.push({ operation, files, runs });

  add(
    `snapshot, ${fewFiles} files changed`,
    await timed(manyRuns, takeSnapshot, {
      before: () => tree.change(fewFiles),
      after: ({ entry }) => assert.ok(entry),
    }),
  );
  add(
    "snapshot, nothing changed",
    await timed(manyRuns, takeSnapshot, { after: ({ entry }) => assert.equal(entry, null) }),
  );
  let fork = 0;
  add(
    "fork",
    await timed(
      manyRuns,
      () => client.call("project/fork", { project: name, slug: `fork-${files}-${fork++}` }),
      { after: (made) => client.call("project/delete", { project: made.projectId }) },
    ),
  );
  add(
    `fork, ${fewFiles} files changed`,
    await timed(
      manyRuns,
      () => client.call("project/fork", { project: name, slug: `fork-${files}-${fork++}` }),
      {
        before: () => tree.change(fewFiles),
        after: (made) => client.call("project/delete", { project: made.projectId }),
      },
    ),
  );

  const { entry: target } = await client.call("snapshot/create", {
    project: name,
    pin: true,
    label: "target",
  });
  assert.ok(target);
  const snapshotId = target.snapshotId;
  tree.change(changedFiles);
  add(
    `diff, ${changedFiles} files changed`,
    await timed(someRuns, () => client.call("timeline/diff", { project: name, from: snapshotId }), {
      after: ({ summary }) => assert.equal(summary.modified, changedFiles),
    }),
  );
  add(
    `restore, ${changedFiles} files changed`,
    await timed(someRuns, () => client.call("timeline/restore", { project: name, snapshotId }), {
      before: () => tree.change(changedFiles),
      after: ({ summary, guard }) => {
        assert.ok(guard);
        assert.equal(summary.modified, changedFiles);
      },
    }),
  );
  return timings;
}
