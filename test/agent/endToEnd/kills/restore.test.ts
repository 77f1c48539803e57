import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import { change, importFilled, killed, sh, type Outcome } from "../../../support/cutOff.ts";
import type { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

let volume: string;
let target: Entry;
let before: string;
let original: string;
const newest = async (client: AgentClient) =>
  (await client.call("timeline/list", { project: "shop", limit: 1 })).entries[0];
const setUp = async (client: AgentClient, scene: CrashScene) => {
  const { project, entry } = await importFilled(client, scene);
  volume = project.path;
  target = await client.call("snapshot/edit", {
    project: "shop",
    snapshotId: entry.snapshotId,
    pinned: true,
  });
  original = treeFingerprint(volume);
};
const prepare = async (client: AgentClient) => {
  const open = { project: "shop", snapshotId: target.snapshotId };
  if (treeFingerprint(volume) !== original) await client.call("timeline/restore", open);
  assert.equal(treeFingerprint(volume), original);
  sh(volume, change);
  before = treeFingerprint(volume);
};
/** The tree is one of the two, and when it is the restored one, undoing brings back the other. */
const judgeRestore = async (client: AgentClient): Promise<Outcome> => {
  const now = treeFingerprint(volume);
  if (now === before) return "rolled back";
  assert.equal(now, original, "a state between the two");
  const entry = await newest(client);
  assert.equal(entry?.cause, "restore");
  assert.equal(entry.head, true);
  await client.call("timeline/undo", { project: "shop" });
  assert.equal(treeFingerprint(volume), before, "undoing brings back something else");
  return "complete";
};

killed("a restore", {
  setUp,
  prepare,
  work: (client) => client.call("timeline/restore", { project: "shop", snapshotId: target.snapshotId }),
  judge: judgeRestore,
  points: ["restore:intent", "restore:guarded", "restore:applied", "makeEqual:taken", "makeEqual:placed"],
});

killed("an undo", {
  setUp,
  prepare: async (client) => {
    await prepare(client);
    await client.call("timeline/restore", { project: "shop", snapshotId: target.snapshotId });
  },
  work: (client) => client.call("timeline/undo", { project: "shop" }),
  judge: (): Promise<Outcome> => {
    const now = treeFingerprint(volume);
    if (now === original) return Promise.resolve("rolled back");
    assert.equal(now, before, "a state between the two");
    return Promise.resolve("complete");
  },
  points: ["restore:applied"],
  // How the tree is changed is the same as above.
  at: /^restore:/,
});

killed("a restore of two paths", {
  setUp,
  prepare,
  work: (client) =>
    client.call("timeline/restore", {
      project: "shop",
      snapshotId: target.snapshotId,
      paths: ["src", "blob"],
    }),
  judge: async (client): Promise<Outcome> => {
    if (treeFingerprint(volume) === before) return "rolled back";
    assert.equal(treeFingerprint(`${volume}/src`), treeFingerprint(`${target.path}/src`));
    assert.deepEqual(
      execFileSync("cmp", [`${volume}/blob`, `${target.path}/blob`], { encoding: "utf8" }),
      "",
    );
    await client.call("timeline/undo", { project: "shop" });
    assert.equal(treeFingerprint(volume), before, "undoing brings back something else");
    return "complete";
  },
  points: ["makeEqual:taken", "makeEqual:placed"],
  at: /^makeEqual:/,
});
