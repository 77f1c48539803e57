import assert from "node:assert/strict";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { defaultRules } from "../../../agent/protocol/retention.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { makeStore, openServiceRig, type ServiceRig } from "./rig/serviceRig.ts";
import { subvolumesOf } from "./rig/poolTree.ts";

describe("what clients do with projects", () => {
  let folder: AgentHome;
  let source: string;
  let loop: LoopPool;
  let rig: ServiceRig;
  beforeEach(async () => {
    folder = makeAgentHome();
    source = join(folder.path, "shop");
    mkdirSync(source);
    writeFileSync(join(source, "page.html"), "one");
    loop = openLoopPool(512);
    rig = openServiceRig(join(folder.path, "agent"));
    await rig.registry.adopt(loop.path);
  });
  afterEach(async () => {
    await rig.close();
    loop.close();
    folder.close();
  });

  const found = (projectId: string): ProjectRow => {
    const row = rig.projects.byId(projectId);
    assert.ok(row);
    return row;
  };
  const importShop = async () => {
    const { project } = await rig.projectService.import({ path: source, copy: false }, unattended);
    return found(project.projectId);
  };
  const announcedMachine = () =>
    rig.announced.filter(({ event }) => event === "changed/machine").map(({ body }) => body);
  const changedProjects = { what: "projects" };

  it("copies a folder, and adopts one that is a subvolume of a pool", async () => {
    const copied = await rig.projectService.import({ path: source, copy: false }, unattended);
    assert.equal(copied.adopted, false);
    assert.deepEqual(
      [copied.project.slug, copied.project.path, copied.project.headSnapshotId],
      ["shop", join(loop.path, "projects/shop"), copied.entryRow.snapshotId],
    );
    const subvolume = join(loop.path, "site");
    await rig.btrfs.createSubvolume(subvolume);
    const adopted = await rig.projectService.import({ path: subvolume, copy: false }, unattended);
    assert.equal(adopted.adopted, true);
    assert.equal(adopted.project.path, subvolume);
    assert.deepEqual(announcedMachine(), [changedProjects, changedProjects]);
    assert.deepEqual(
      (await rig.projectService.list()).map((project) => project.slug),
      ["shop", "site"],
    );
  });

  it("finds a project by its folder, by the link in the folder's place, and by what lies inside", async () => {
    const { projectId, path } = await importShop();
    for (const place of [path, source, join(source, "page.html"), join(path, "not", "yet")]) {
      assert.equal((await rig.projectService.resolve(place))?.projectId, projectId, place);
    }
    assert.equal(await rig.projectService.resolve(folder.path), null);
    await assert.rejects(rig.projectService.import({ path: source, copy: false }, unattended), {
      code: "PROJECT_EXISTS",
    });
    await assert.rejects(rig.projectService.import({ path: loop.path, copy: false }, unattended), {
      code: "REFUSED_ROOT",
    });
  });

  it("imports a folder once when it is asked for twice at the same time", async () => {
    const both = await Promise.allSettled([importShop(), importShop()]);
    const refused = both.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    assert.deepEqual(
      refused.map((each) => (each as { code?: string }).code),
      ["PROJECT_BUSY"],
    );
    assert.equal(rig.projects.list().length, 1);
  });

  it("refuses to import without a pool", async () => {
    const bare = openServiceRig(join(folder.path, "bare"));
    try {
      await assert.rejects(bare.projectService.import({ path: source, copy: false }, unattended), {
        code: "POOL_NOT_FOUND",
      });
    } finally {
      await bare.close();
    }
  });

  it("reports subvolumes inside the volume, which snapshots leave out", async () => {
    const project = await importShop();
    await rig.btrfs.createSubvolume(join(project.path, "database"));
    assert.deepEqual((await rig.projectService.show(project)).nestedSubvolumes, ["database"]);
    await rig.sync.setStore({ url: await makeStore(join(folder.path, "store")) }, unattended);
    const { health } = await rig.projectService.status(project);
    assert.equal(health.state, "degraded");
    assert.match(health.message, /database/);
  });

  it("changes the settings that are given, and tells everybody", async () => {
    const project = await importShop();
    const changed = await rig.projectService.configure(project, { maxSnapshots: 2 });
    assert.deepEqual(changed.settings, {
      ...defaultRules,
      maxSnapshots: 2,
      autoSnapshotMinutes: 10,
      undeleteHours: 24,
    });
    assert.equal(found(project.projectId).maxSnapshots, 2);
    assert.deepEqual(announcedMachine(), [changedProjects, changedProjects]);
  });

  it("forks from now, which takes an entry first when something changed", async () => {
    const project = await importShop();
    const same = await rig.projectService.fork(project, { slug: "same" }, unattended);
    assert.equal(same.forkedFrom?.snapshotId, project.headSnapshotId);
    writeFileSync(join(project.path, "page.html"), "two");
    const later = await rig.projectService.fork(project, { slug: "later" }, unattended);
    const [newest, oldest] = rig.entries.list(project.projectId);
    assert.equal(oldest?.snapshotId, project.headSnapshotId);
    assert.equal(later.forkedFrom?.snapshotId, newest?.snapshotId);
    const old = await rig.projectService.fork(
      project,
      { slug: "old", snapshotId: (project.headSnapshotId ?? "").slice(0, 6) },
      unattended,
    );
    assert.equal(old.forkedFrom?.snapshotId, project.headSnapshotId);
  });

  it("takes no entry for a fork whose name is refused", async () => {
    const project = await importShop();
    writeFileSync(join(project.path, "page.html"), "two");
    for (const [slug, code] of [
      ["shop", "SLUG_TAKEN"],
      ["", "SLUG_INVALID"],
      ["-", "SLUG_INVALID"],
    ] as const) {
      await assert.rejects(rig.projectService.fork(project, { slug }, unattended), { code });
    }
    assert.equal(rig.entries.list(project.projectId).length, 1);
  });

  it("deletes a project and tells everybody, but refuses while it is busy or has forks", async () => {
    const project = await importShop();
    const { projectId } = project;
    const request = { operation: "restoring", refuse: false, signal: unattended.signal };
    await rig.locks.run(projectId, request, () =>
      assert.rejects(rig.projectService.delete(project, unattended), {
        code: "PROJECT_BUSY",
        message: /restoring/,
      }),
    );
    const fork = await rig.projectService.fork(project, { slug: "trial" }, unattended);
    await assert.rejects(rig.projectService.delete(project, unattended), {
      code: "PROJECT_HAS_FORKS",
      details: { forks: ["trial"] },
    });
    await rig.projectService.delete(found(fork.projectId), unattended);
    rig.announced.length = 0;
    await rig.projectService.delete(project, unattended);
    assert.deepEqual(announcedMachine(), [changedProjects]);
    assert.deepEqual(subvolumesOf(loop.path), []);
    await assert.rejects(rig.projectService.delete(project, unattended), { code: "PROJECT_NOT_FOUND" });
    await assert.rejects(rig.projectService.fork(project, { slug: "late" }, unattended), {
      code: "PROJECT_NOT_FOUND",
    });
  });

  it("deletes one of two forks made while the other is deleted", async () => {
    const project = await importShop();
    const child = found((await rig.projectService.fork(project, { slug: "a" }, unattended)).projectId);
    await Promise.all([
      rig.projectService.delete(child, unattended),
      rig.projectService.fork(project, { slug: "b" }, unattended),
    ]);
    assert.deepEqual(
      rig.projects.list().map((row) => row.slug),
      ["shop", "b"],
    );
  });

  it("says how a project and the machine are", async () => {
    const project = await importShop();
    const one = await rig.projectService.status(project);
    assert.deepEqual([one.health.state, one.health.pending, one.store], ["unprotected", 1, null]);
    assert.equal(one.project?.projectId, project.projectId);
    assert.deepEqual(
      one.pools.map((pool) => pool.path),
      [realpathSync(loop.path)],
    );
    await rig.sync.setStore({ url: await makeStore(join(folder.path, "store")) }, unattended);
    assert.equal((await rig.projectService.status(project)).health.state, "behind");
    rig.sync.start();
    await rig.sync.push(project, { wait: true }, unattended);
    assert.equal((await rig.projectService.status(found(project.projectId))).health.state, "protected");
    rig.problems.push({ kind: "fork", projectId: null, message: "a fork could not be undone" });
    const machine = await rig.projectService.status(null);
    assert.deepEqual([machine.health.state, machine.project], ["degraded", null]);
    assert.equal((await rig.projectService.status(found(project.projectId))).health.state, "protected");
  });
});
