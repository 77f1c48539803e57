import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { GcState } from "../../../../agent/repository/garbage/gcRecord.ts";
import { openSealed, sealObject } from "../../../../agent/repository/jsonObject.ts";
import { decodePack } from "../../../../agent/repository/packFormat.ts";
import { plainSealing } from "../../../../agent/repository/plainSealing.ts";
import { deleteIfThere, importFilled, killed, sh, type Outcome } from "../../../support/cutOff.ts";
import type { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

const dayMs = 24 * 3_600_000;
const nothingKept = { days: 0, last: 0, daily: 0, weekly: 0, monthly: 0 };

let project: Project;
let store: string;
const setUp = async (client: AgentClient, scene: CrashScene) => {
  ({ project } = await importFilled(client, scene));
  store = scene.machine.makeFolder("store");
  await client.call("store/set", { url: `dir://${store}`, encrypt: false });
  await client.call("sync/push", { project: "shop", wait: true });
};
const pushed = async (client: AgentClient, script: string) => {
  sh(project.path, script);
  const { entry } = await client.call("snapshot/create", { project: "shop" });
  await client.call("sync/push", { project: "shop", wait: true });
  return entry;
};
const objects = (prefix: string) =>
  readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => file.startsWith(join(store, prefix, "/")));

/** Two days pass for what is in the store. */
const age = () => {
  for (const file of objects("packs")) {
    const then = (Date.now() - 2 * dayMs) / 1000;
    utimesSync(file, then, then);
  }
  const file = objects("gc").find((each) => each.endsWith("/state"));
  if (file === undefined) return;
  const state = openSealed("gc state", readFileSync(file), GcState);
  if (state.condemnedAt === null) return;
  writeFileSync(file, sealObject({ ...state, condemnedAt: state.condemnedAt - 2 * dayMs }));
};
const collect = (client: AgentClient) => client.call("store/gc", { retention: nothingKept });

/** All that the timeline shows is in the store, to the last byte, and another machine could rebuild it. */
const assertWhole = async (client: AgentClient): Promise<Outcome> => {
  assert.equal((await client.call("sync/push", { project: "shop", wait: true })).pending, 0);
  const { damaged, indexProblems } = await client.call("store/verify", {});
  assert.deepEqual([damaged, indexProblems], [[], []]);
  const { entries } = await client.call("timeline/list", { project: "shop" });
  for (const { snapshotId, path } of entries) {
    await deleteIfThere(client, "again");
    const pulled = await client.call("sync/pull", { project: project.projectId, slug: "again", snapshotId });
    assert.equal(treeFingerprint(pulled.path), treeFingerprint(path), snapshotId);
  }
  await deleteIfThere(client, "again");
  return "complete";
};

const leaveGarbage = async (client: AgentClient) => {
  const passing = await pushed(client, "date +%N >> changing; head -c 200000 /dev/urandom > src/random");
  const kept = await pushed(client, "rm src/random; date +%N >> changing");
  assert.ok(passing && kept);
  for (const { snapshotId } of (await client.call("timeline/list", { project: "shop" })).entries.slice(1)) {
    await client.call("snapshot/delete", { project: "shop", snapshotIds: [snapshotId], forGood: true });
  }
  age();
};
const collectAll = async (client: AgentClient) => {
  await collect(client);
  age();
  await collect(client);
};

killed("a collection of garbage", {
  setUp: async (client, scene) => {
    await setUp(client, scene);
    // The first collection finds other things than all later ones.
    await leaveGarbage(client);
    await collectAll(client);
  },
  prepare: leaveGarbage,
  work: collectAll,
  judge: async (client) => {
    for (let run = 0; run < 3; run++) {
      await collect(client);
      age();
    }
    const { condemned } = await collect(client);
    assert.deepEqual(condemned, { manifests: 0, packs: 0 });
    assert.equal(objects(`manifests/${project.projectId}`).length, 1);
    return assertWhole(client);
  },
  points: [
    ...[
      "gc:repacked",
      "gc:condemned",
      "gc:dated",
      "gc:decided",
      "gc:manifest-deleted",
      "gc:manifests-deleted",
    ],
    ...["gc:index", "gc:indexes-rewritten", "gc:pack-deleted", "gc:packs-deleted", "gc:finished"],
  ],
  at: /^gc:/,
  varies: true,
});

/** Changes a bit of a file's bytes in the newest pack. */
const damage = () => {
  const newestFirst = objects("packs").toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of newestFirst) {
    const bytes = readFileSync(file);
    const { records } = decodePack("", bytes, plainSealing);
    const chunk = records.find(({ kind }) => kind === "chunk");
    if (!chunk) continue;
    const at = chunk.offset + Math.floor(chunk.storedLength / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(file, bytes);
    return;
  }
  assert.fail("there is nothing to damage");
};

killed("a verification that finds damage", {
  setUp,
  prepare: async (client) => {
    await pushed(client, "date +%N >> changing; head -c 200000 /dev/urandom > src/random");
    damage();
  },
  work: async (client) => {
    const { damaged } = await client.call("store/verify", {});
    assert.ok(damaged.length > 0);
  },
  judge: async (client) => {
    await client.call("store/verify", {});
    return assertWhole(client);
  },
  points: ["verify:read", "mend:index", "verify:forgotten", "verify:noted"],
  at: /^(verify|mend):/,
});

killed("a repair", {
  setUp,
  prepare: async (client) => {
    await pushed(client, "date +%N >> changing; head -c 200000 /dev/urandom > src/random");
    damage();
    const [lost = "", ...others] = objects("index");
    rmSync(lost);
    for (const file of others.slice(0, 1)) writeFileSync(file, "no index");
    // Only what is read again is known to be bad.
    await client.call("store/verify", {}).catch(() => undefined);
    damage();
    for (const file of objects("index").slice(0, 1)) rmSync(file);
  },
  work: (client) => client.call("store/repair", {}),
  judge: async (client) => {
    await client.call("store/verify", {});
    await client.call("store/repair", {});
    return assertWhole(client);
  },
  points: [
    "repair:records",
    "mend:indexed",
    "repair:indexed",
    "repair:forgotten",
    "repair:recovered",
    "repair:local",
  ],
  at: /^(repair|mend):/,
});
