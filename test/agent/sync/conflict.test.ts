import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { openSealed } from "../../../agent/repository/jsonObject.ts";
import { Ref } from "../../../agent/repository/ref.ts";
import { roles, type Sealing } from "../../../agent/repository/sealing.ts";
import { projectSnapshots, volumePath } from "../../../agent/volumes/layout.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { InterceptedStore } from "./rig/interceptedStore.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";

for (const kind of repositoryKinds) {
  describe(`two machines and one project, ${kind.name}`, function () {
    conflicts.call(this, kind);
  });
}

function conflicts(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(60_000);
  let memory: MemoryBlobStore;
  let store: InterceptedStore;
  let both: TwoMachines;
  let sealing: Sealing;
  let here: Machine;
  let there: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    memory = new MemoryBlobStore();
    store = new InterceptedStore(memory);
    both = await openTwoMachines({ here: store, there: memory }, { here: 512, there: 512 }, kind);
    sealing = await sealingOf(kind, memory);
    ({ here, there } = both);
    project = await here.makeProject("site");
    await change(here, "one");
    await here.push(project);
  });
  afterEach(() => both.close());

  const change = (machine: Machine, text: string) => {
    writeFileSync(join(machine.row(project).path, "file"), text);
    return machine.snapshot(project);
  };
  /** Rebuilds the project there as itself: the same id, with the head it was pulled from. */
  const takeAlong = async () => {
    const { manifest, manifestDigest, remoteHead } = await there.sync.remote.find(
      "site",
      undefined,
      unattended,
    );
    const pulled = await there.pullManifest(manifest.projectId, manifestDigest);
    const path = volumePath(there.place.pool, "site");
    await there.btrfs.snapshot(pulled, path, { readOnly: false });
    const { snapshotId, projectId } = manifest;
    there.projects.add({ ...here.row(project), path, headSnapshotId: snapshotId, remoteHead });
    const entry = here.entry(projectId, snapshotId);
    there.entries.add({ ...entry, manifestDigest, durability: "durable", parentId: null });
    mkdirSync(projectSnapshots(there.place.pool, projectId), { recursive: true });
    await there.btrfs.snapshot(path, there.pathOf(entry), { readOnly: true });
  };
  const readRef = () => {
    const [key = ""] = memory.keys("refs/");
    const bytes = memory.objects.get(key)?.bytes ?? Buffer.alloc(0);
    return openSealed("ref", sealing.open(roles.ref(project.projectId), "ref", bytes), Ref);
  };

  it("goes on on the machine that pulled it, and refuses the one before", async () => {
    const before = readRef();
    await takeAlong();
    const theirs = await change(there, "two");
    await there.push(project);
    const after = readRef();
    assert.equal(after.epoch, before.epoch + 1);
    assert.notEqual(after.machineId, before.machineId);
    const mine = await change(here, "three");
    await assert.rejects(here.push(project), { code: "REF_CONFLICT" });
    assert.equal(here.durability(mine), "local");
    assert.deepEqual(readRef(), after);
    const pulled = await here.pull("site");
    assert.equal(treeFingerprint(pulled), treeFingerprint(there.pathOf(theirs)));
  });

  it("stops the uploads of a project that another machine writes, until it is asked to push", async () => {
    await takeAlong();
    await change(there, "two");
    await there.push(project);
    await change(here, "three");
    await assert.rejects(here.push(project), { code: "REF_CONFLICT" });
    const before = here.announced.length;
    here.sync.wake(project.projectId);
    assert.equal(here.sync.hasWork(), false);
    assert.equal(here.announced.length, before);
    assert.equal(here.sync.status(project.projectId).pushError?.code, "REF_CONFLICT");
    assert.equal(here.sync.status(null).pushError?.code, "REF_CONFLICT");
    await assert.rejects(here.push(project), { code: "REF_CONFLICT" });
  });

  it("lets other projects be pushed meanwhile", async () => {
    await takeAlong();
    await change(there, "two");
    await there.push(project);
    await change(here, "three");
    await assert.rejects(here.push(project), { code: "REF_CONFLICT" });
    const other = await here.makeProject("other");
    await here.snapshot(other);
    assert.equal((await here.push(other)).pending, 0);
  });

  it("refuses the slower of two that write at the same moment", async () => {
    await takeAlong();
    await change(there, "two");
    const mine = await change(here, "three");
    // Between our look at the ref and our write to it the other machine takes the project over.
    store.before = async (operation, key) => {
      if (operation !== "put" || !key.startsWith("refs/")) return;
      store.before = () => undefined;
      await there.push(project);
    };
    await assert.rejects(here.push(project), { code: "REF_CONFLICT" });
    assert.equal(here.durability(mine), "local");
    assert.equal(readRef().head, there.row(project).remoteHead);
  });

  it("pushes once more when a write was applied and its answer lost", async () => {
    const entry = await change(here, "two");
    store.before = async (operation, key) => {
      if (operation !== "put" || !key.startsWith("refs/")) return;
      store.before = () => undefined;
      const put = memory.put.bind(memory);
      memory.put = async (...args) => {
        memory.put = put;
        await put(...args);
        throw new Error("The answer was lost.");
      };
      await Promise.resolve();
    };
    await here.push(project);
    assert.equal(here.durability(entry), "durable");
    assert.equal(readRef().head, here.row(project).remoteHead);
  });
}
