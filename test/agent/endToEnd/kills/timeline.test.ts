import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import { deleteIfThere, find, importFilled, killed, sh, type Outcome } from "../../../support/cutOff.ts";
import type { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

let volume: string;
let entry: Entry;
let tree: string;
const entries = async (client: AgentClient) =>
  (await client.call("timeline/list", { project: "shop" })).entries;
const setUp = async (client: AgentClient, scene: CrashScene) => {
  volume = (await importFilled(client, scene)).project.path;
};

killed("a snapshot", {
  setUp,
  prepare: () => {
    sh(volume, "date +%N >> changing");
    tree = treeFingerprint(volume);
    return Promise.resolve();
  },
  work: (client) => client.call("snapshot/create", { project: "shop", label: "cut off" }),
  judge: async (client): Promise<Outcome> => {
    assert.equal(treeFingerprint(volume), tree);
    const made = (await entries(client)).filter(({ path }) => treeFingerprint(path) === tree);
    assert.ok(made.length < 2);
    return made.length === 1 ? "complete" : "rolled back";
  },
  points: ["snapshot:intent", "snapshot:taken", "snapshot:registered"],
});

killed("the deletion of a snapshot", {
  setUp,
  prepare: async (client) => {
    sh(volume, "date +%N >> changing");
    const made = await client.call("snapshot/create", { project: "shop" });
    assert.ok(made.entry);
    entry = made.entry;
    sh(volume, "date +%N >> changing");
    await client.call("snapshot/create", { project: "shop" });
  },
  work: (client) =>
    client.call("snapshot/delete", { project: "shop", snapshotIds: [entry.snapshotId], forGood: true }),
  judge: async (client): Promise<Outcome> => {
    const listed = (await entries(client)).some(({ snapshotId }) => snapshotId === entry.snapshotId);
    assert.equal(existsSync(entry.path), listed);
    return listed ? "rolled back" : "complete";
  },
  points: ["deleteSnapshot:buried", "deleteSnapshot:freed"],
});

killed("the deletion of a snapshot that can be brought back", {
  setUp,
  prepare: async (client) => {
    sh(volume, "date +%N >> changing");
    const made = await client.call("snapshot/create", { project: "shop" });
    assert.ok(made.entry);
    entry = made.entry;
  },
  work: (client) => client.call("snapshot/delete", { project: "shop", snapshotIds: [entry.snapshotId] }),
  judge: async (client): Promise<Outcome> => {
    assert.equal(existsSync(entry.path), true);
    const isListed = async () =>
      (await entries(client)).some(({ snapshotId }) => snapshotId === entry.snapshotId);
    if (await isListed()) return "rolled back";
    const { operations } = await client.call("operations/list", { project: "shop" });
    const [deletion] = operations;
    assert.deepEqual(deletion?.snapshotIds, [entry.snapshotId]);
    await client.call("operations/undo", { operationId: deletion.operationId });
    assert.equal(await isListed(), true);
    return "complete";
  },
  points: ["deleteSnapshot:buried"],
});

killed("a fork", {
  setUp,
  prepare: async (client) => {
    await deleteIfThere(client, "twin");
    sh(volume, "date +%N >> changing");
    tree = treeFingerprint(volume);
  },
  work: (client) => client.call("project/fork", { project: "shop", slug: "twin" }),
  judge: async (client): Promise<Outcome> => {
    assert.equal(treeFingerprint(volume), tree);
    const fork = await find(client, "twin");
    if (!fork) return "rolled back";
    assert.equal(treeFingerprint(fork.path), tree);
    assert.equal(fork.forkedFrom?.slug, "shop");
    return "complete";
  },
  points: ["fork:intent", "fork:volume", "fork:settled", "fork:snapshot", "fork:registered"],
});
