import assert from "node:assert/strict";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { deleteIfThere, find, importFilled, killed, sh, type Outcome } from "../../../support/cutOff.ts";
import type { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

let project: Project;
const setUp = async (client: AgentClient, scene: CrashScene) => {
  ({ project } = await importFilled(client, scene));
  await client.call("store/set", { url: `dir://${scene.machine.makeFolder("store")}` });
  await client.call("sync/push", { project: "shop", wait: true });
};
const pulledTree = async (client: AgentClient, slug: string) => {
  const pulled = await client.call("sync/pull", { project: project.projectId, slug });
  return treeFingerprint(pulled.path);
};

killed("a push", {
  setUp,
  prepare: async (client) => {
    await deleteIfThere(client, "again");
    sh(project.path, "date +%N >> changing; head -c 200000 /dev/urandom > src/random");
    await client.call("sync/push", { project: "shop", wait: true });
  },
  work: async (client) => {
    await client.call("snapshot/create", { project: "shop" });
    await client.call("sync/push", { project: "shop", wait: true });
  },
  judge: async (client): Promise<Outcome> => {
    // What was cut off goes on by itself; waiting for it is all a person has to do.
    const { pending } = await client.call("sync/push", { project: "shop", wait: true });
    assert.equal(pending, 0);
    const [head] = (await client.call("timeline/list", { project: "shop", limit: 1 })).entries;
    assert.equal(head?.durability, "durable");
    assert.equal(await pulledTree(client, "again"), treeFingerprint(head.path));
    return "complete";
  },
  points: [
    "push:packs-written",
    "push:index-written",
    "push:manifest-written",
    "push:settled",
    "push:ref-written",
  ],
});

killed("a pull", {
  setUp,
  prepare: (client) => deleteIfThere(client, "again"),
  work: (client) => client.call("sync/pull", { project: project.projectId, slug: "again" }),
  judge: async (client): Promise<Outcome> => {
    const pulled = await find(client, "again");
    if (!pulled) return "rolled back";
    assert.equal(treeFingerprint(pulled.path), treeFingerprint(project.path));
    return "complete";
  },
  points: [
    "pull:relative-copied",
    "pull:relative-edited",
    "pull:received",
    "pull:snapshot-made",
    "pullProject:intent",
    "pullProject:volume",
    "pullProject:registered",
  ],
  // What it made may be pushed already.
  at: /^pull/,
});
