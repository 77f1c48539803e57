import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { bytesBelow } from "../../support/bytesBelow.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { runScript } from "./rig/killed.ts";
import { subvolumesOf } from "./rig/poolTree.ts";
import { makeStore, openServiceRig, type ServiceRig } from "./rig/serviceRig.ts";

describe("pulling a project", () => {
  let folder: AgentHome;
  /** Where the project comes from, and another machine. */
  let here: ServiceRig;
  let there: ServiceRig;
  let pools: [LoopPool, LoopPool];
  let origin: ProjectRow;
  let fingerprint: string;
  const homeOf = (name: string) => join(folder.path, name);

  beforeEach(async function () {
    this.timeout(60_000);
    folder = makeAgentHome();
    const url = await makeStore(join(folder.path, "store"));
    pools = [openLoopPool(512), openLoopPool(512)];
    here = openServiceRig(homeOf("here"));
    there = openServiceRig(homeOf("there"));
    await here.registry.adopt(pools[0].path);
    await there.registry.adopt(pools[1].path);
    await here.sync.setStore({ url }, unattended);
    await there.sync.setStore({ url }, unattended);
    const source = join(folder.path, "shop");
    mkdirSync(source);
    everyKindOfEntry(source);
    fingerprint = treeFingerprint(source);
    const { project } = await here.projectService.import({ path: source, copy: true }, unattended);
    await push(here, project.projectId);
    origin = found(here, project.projectId);
  });
  afterEach(async () => {
    await here.close();
    await there.close();
    for (const pool of pools) pool.close();
    folder.close();
  });

  const found = (rig: ServiceRig, projectId: string) => {
    const row = rig.projects.byId(projectId);
    assert.ok(row);
    return row;
  };
  const push = async (rig: ServiceRig, projectId: string) => {
    rig.sync.start();
    await rig.sync.push(found(rig, projectId), { wait: true }, unattended);
  };
  const pull = async (
    rig: ServiceRig,
    params: { slug?: string; snapshotId?: string } = {},
    call = unattended,
  ) => {
    const project = await rig.projectService.pull({ project: "shop", ...params }, call);
    return found(rig, project.projectId);
  };
  const assertNothingMade = (pool: LoopPool, rig: ServiceRig, before: string[] = []) => {
    assert.deepEqual(subvolumesOf(pool.path), before);
    assert.deepEqual(rig.intents.list(), []);
    for (const name of ["snapshots", "staging"]) {
      const own = join(pool.path, ".forkpoint", name);
      assert.deepEqual(existsSync(own) ? readdirSync(own) : [], []);
    }
  };

  it("rebuilds it on another machine as itself, byte for byte, and goes on there", async function () {
    this.timeout(60_000);
    const project = await pull(there);
    assert.deepEqual(
      [project.projectId, project.slug, project.forkedFrom, project.remoteHead],
      [origin.projectId, "shop", null, origin.remoteHead],
    );
    assert.equal(treeFingerprint(project.path), fingerprint);
    const [entry, ...others] = there.entries.list(project.projectId);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [entry?.snapshotId, entry?.cause, entry?.durability, entry?.manifestDigest],
      [origin.headSnapshotId, "pull", "durable", origin.remoteHead],
    );
    const snapshot = join(pools[1].path, ".forkpoint/snapshots", project.projectId, entry?.snapshotId ?? "");
    assert.equal(treeFingerprint(snapshot), fingerprint);
    assert.deepEqual(readdirSync(join(pools[1].path, ".forkpoint/staging")), []);
    assert.deepEqual(there.intents.list(), []);

    writeFileSync(join(project.path, "plain"), "changed there");
    await there.timeline.snapshot(project, { cause: "manual", pin: false }, unattended);
    await push(there, project.projectId);
    assert.deepEqual(there.entries.notDurable(project.projectId), []);
    assert.notEqual(found(there, project.projectId).remoteHead, origin.remoteHead);
  });

  it("makes a new project of one that is on this machine, forked from it and pushed as its own", async function () {
    this.timeout(60_000);
    const project = await pull(here, { slug: "shop-again" });
    assert.notEqual(project.projectId, origin.projectId);
    assert.deepEqual(project.forkedFrom, {
      projectId: origin.projectId,
      slug: "shop",
      snapshotId: origin.headSnapshotId,
    });
    assert.equal(treeFingerprint(project.path), fingerprint);
    await push(here, project.projectId);
    assert.deepEqual(here.entries.notDurable(project.projectId), []);
    const again = await there.projectService.pull({ project: "shop-again" }, unattended);
    assert.equal(treeFingerprint(again.path), fingerprint);
  });

  it("stores next to nothing for such a project, even where it could not be rebuilt upon a relative", async function () {
    this.timeout(60_000);
    const write = (step: number) => {
      for (let number = 0; number < 300; number += step)
        writeFileSync(join(origin.path, `file-${number}`), randomBytes(6000));
    };
    write(1);
    const older =
      (await here.timeline.snapshot(origin, { cause: "manual", pin: false }, unattended)).entry?.snapshotId ??
      "";
    write(2);
    await here.timeline.snapshot(origin, { cause: "manual", pin: false }, unattended);
    await push(here, origin.projectId);
    const first = await pull(there, { snapshotId: older });
    writeFileSync(join(first.path, "plain"), "not stored");
    await there.timeline.snapshot(first, { cause: "manual", pin: false }, unattended);
    await there.timeline.delete(first, { snapshotIds: [older], forGood: true }, unattended);
    const project = await pull(there, { slug: "shop-again" });
    const before = bytesBelow(join(folder.path, "store"));
    // A chunk of the other's newest may be new as well. Pushed as a whole, its small files would be gathered with others than before.
    await push(there, project.projectId);
    assert.deepEqual(there.entries.notDurable(project.projectId), []);
    const added = bytesBelow(join(folder.path, "store")) - before;
    assert.ok(added < 600_000, `${added} bytes were added`);
    writeFileSync(join(project.path, "plain"), "changed there");
    await there.timeline.snapshot(project, { cause: "manual", pin: false }, unattended);
    await push(there, project.projectId);
    await here.projectService.pull({ project: "shop-again" }, unattended);
    assert.equal(readFileSync(join(found(here, project.projectId).path, "plain"), "utf8"), "changed there");
  });

  it("stores such a project whole in another store", async function () {
    this.timeout(60_000);
    const project = await pull(here, { slug: "shop-again" });
    const url = await makeStore(join(folder.path, "other-store"));
    for (const rig of [here, there]) await rig.sync.setStore({ url }, unattended);
    await push(here, project.projectId);
    const again = await there.projectService.pull({ project: "shop-again" }, unattended);
    assert.equal(treeFingerprint(again.path), fingerprint);
  });

  it("rebuilds one older snapshot, named by the beginning of its id", async function () {
    this.timeout(60_000);
    writeFileSync(join(origin.path, "plain"), "newer");
    await here.timeline.snapshot(origin, { cause: "manual", label: "newer", pin: false }, unattended);
    await push(here, origin.projectId);
    const older = origin.headSnapshotId ?? "";
    const project = await pull(there, { snapshotId: older.slice(0, 6) });
    assert.equal(treeFingerprint(project.path), fingerprint);
    assert.equal(project.remoteHead, found(here, origin.projectId).remoteHead);
    await there.projectService.delete(project, unattended);
    const newest = await pull(there);
    assert.equal(readFileSync(join(newest.path, "plain"), "utf8"), "newer");
    assert.equal(there.entries.list(newest.projectId)[0]?.label, "newer");
  });

  it("refuses a slug that is taken, with a hint, and one that is none", async () => {
    const before = subvolumesOf(pools[0].path);
    await assert.rejects(pull(here), { code: "SLUG_TAKEN", hint: /--slug/ });
    await assert.rejects(pull(here, { slug: "A b" }), { code: "SLUG_INVALID" });
    await assert.rejects(pull(there, { snapshotId: "zzzz" }), { code: "SNAPSHOT_NOT_FOUND" });
    await assert.rejects(there.projectService.pull({ project: "nothing" }, unattended), {
      code: "PROJECT_NOT_FOUND",
    });
    assert.deepEqual(subvolumesOf(pools[0].path), before);
    assertNothingMade(pools[1], there);
  });

  it("lets one of two pulls of a project go on, and refuses the other", async () => {
    const both = await Promise.allSettled([pull(there, { slug: "one" }), pull(there, { slug: "two" })]);
    const refused = both.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    assert.deepEqual(
      refused.map((each) => (each as { code?: string }).code),
      ["PROJECT_BUSY"],
    );
    assert.equal(there.projects.list().length, 1);
  });

  it("makes nothing when it is cancelled in the middle", async () => {
    const controller = new AbortController();
    const report = () => {
      controller.abort();
    };
    await assert.rejects(pull(there, {}, { signal: controller.signal, report }), (thrown: Error) => {
      return thrown.name === "AbortError" || (thrown as { code?: string }).code === "CANCELLED";
    });
    assertNothingMade(pools[1], there);
    assert.deepEqual(there.projects.list(), []);
  });

  it("makes nothing when an object is missing", async () => {
    for (const name of readdirSync(join(folder.path, "store"))) {
      if (name.startsWith("packs"))
        execFileSync("find", [join(folder.path, "store", name), "-type", "f", "-delete"]);
    }
    await assert.rejects(pull(there), { code: "OBJECT_MISSING" });
    assertNothingMade(pools[1], there);
  });

  const steps = [
    "pullProject:intent",
    "pull:received",
    "pull:snapshot-made",
    "pullProject:snapshot",
    "pullProject:volume",
    "pullProject:registered",
  ];
  for (const crashPoint of steps) {
    it(`leaves a whole project or none when it is killed at ${crashPoint}`, async function () {
      this.timeout(60_000);
      const script = { home: homeOf("there"), crashPoint, wanted: { project: "shop" } };
      assert.equal(await runScript("./pullScript.ts", script), "SIGKILL");
      assert.deepEqual(await there.recover(), []);
      const [project] = there.projects.list();
      assert.equal(project !== undefined, crashPoint === "pullProject:registered");
      if (!project) assertNothingMade(pools[1], there);
      const made = project ?? (await pull(there));
      assert.equal(treeFingerprint(made.path), fingerprint);
      assert.deepEqual(there.intents.list(), []);
    });
  }

  for (const crashPoint of ["pull:relative-copied", "pull:relative-edited", "pull:received"]) {
    it(`leaves nothing half made when it is killed at ${crashPoint} while another snapshot is changed`, async function () {
      this.timeout(60_000);
      writeFileSync(join(origin.path, "plain"), "newer");
      writeFileSync(join(origin.path, "added"), randomBytes(100_000));
      const wish = { cause: "manual", pin: false } as const;
      const { entry } = await here.timeline.snapshot(origin, wish, unattended);
      const snapshotId = entry?.snapshotId ?? "";
      await push(here, origin.projectId);
      const newer = treeFingerprint(origin.path);
      await here.timeline.delete(origin, { snapshotIds: [snapshotId], forGood: true }, unattended);
      const before = subvolumesOf(pools[0].path);
      const wanted = { project: "shop", slug: "again", snapshotId };
      assert.equal(
        await runScript("./pullScript.ts", { home: homeOf("here"), crashPoint, wanted }),
        "SIGKILL",
      );
      assert.notDeepEqual(subvolumesOf(pools[0].path), before);
      assert.deepEqual(await here.recover(), []);
      assert.deepEqual(subvolumesOf(pools[0].path), before);
      assert.deepEqual(readdirSync(join(pools[0].path, ".forkpoint/staging")), []);
      assert.deepEqual(here.intents.list(), []);
      const project = await pull(here, { slug: "again", snapshotId });
      assert.equal(treeFingerprint(project.path), newer);
    });
  }
});
