import assert from "node:assert/strict";
import type { BenchProject } from "./benchProject.ts";
import { type Timing, timed } from "./timings.ts";

const manyRuns = 30;
const someRuns = 10;
const changedFiles = 1000;
const fewFiles = 10;

/** Everything that needs no store, one operation after another. None is set, so nothing is pushed meanwhile. */
export async function* timeLocalOperations(benched: BenchProject): AsyncGenerator<Timing> {
  const { client, project, tree, mode } = benched;
  const { files } = tree;
  const name = project.projectId;
  const takeSnapshot = () => client.call("snapshot/create", { project: name });
  const timing = (operation: string, runs: number[]): Timing => ({ operation, mode, files, runs });

  yield timing(
    `snapshot, ${fewFiles} files changed`,
    await timed(manyRuns, takeSnapshot, {
      before: () => tree.change(fewFiles),
      after: ({ entry }) => assert.ok(entry),
    }),
  );
  yield timing(
    "snapshot, nothing changed",
    await timed(manyRuns, takeSnapshot, { after: ({ entry }) => assert.equal(entry, null) }),
  );
  let fork = 0;
  yield timing(
    "fork",
    await timed(
      manyRuns,
      () => client.call("project/fork", { project: name, slug: `fork-${files}-${fork++}` }),
      { after: (made) => client.call("project/delete", { project: made.projectId }) },
    ),
  );
  yield timing(
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
  yield timing(
    `diff, ${changedFiles} files changed`,
    await timed(someRuns, () => client.call("timeline/diff", { project: name, from: snapshotId }), {
      after: ({ summary }) => assert.equal(summary.modified, changedFiles),
    }),
  );
  yield timing(
    `restore, ${changedFiles} files changed`,
    await timed(someRuns, () => client.call("timeline/restore", { project: name, snapshotId }), {
      before: () => tree.change(changedFiles),
      after: ({ summary, guard }) => {
        assert.ok(guard);
        assert.equal(summary.modified, changedFiles);
      },
    }),
  );
}
