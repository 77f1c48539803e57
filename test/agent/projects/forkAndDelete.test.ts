import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { runScript } from "./rig/killed.ts";
import { subvolumesOf } from "./rig/poolTree.ts";
import { openProjectRig, type ProjectRig } from "./rig/projectRig.ts";

describe("adopting, forking and deleting", () => {
  let folder: AgentHome;
  let home: string;
  let loop: LoopPool;
  let rig: ProjectRig;
  let poolId: string;
  beforeEach(async () => {
    folder = makeAgentHome();
    home = join(folder.path, "agent");
    loop = openLoopPool(512);
    rig = openProjectRig(home);
    poolId = (await rig.registry.adopt(loop.path)).poolId;
  });
  afterEach(() => {
    rig.catalog.close();
    loop.close();
    folder.close();
  });

  const adopt = async (name = "site") => {
    const path = join(loop.path, name);
    await rig.btrfs.createSubvolume(path);
    writeFileSync(join(path, "page.html"), "one");
    const projectId = await rig.adoption.run(path, undefined, rig.registry.named(poolId), unattended);
    return found(projectId);
  };
  const found = (projectId: string) => {
    const row = rig.projects.byId(projectId);
    assert.ok(row);
    return row;
  };
  const head = (project: ProjectRow): EntryRow => {
    const entry = rig.entries.find(project.projectId, project.headSnapshotId ?? "");
    assert.ok(entry);
    return entry;
  };
  const fork = async (project: ProjectRow, slug: string) =>
    found(await rig.fork.run(project, head(project), slug, unattended));

  it("adopts a subvolume where it is, with a first entry", async () => {
    const project = await adopt("My Site");
    assert.equal(project.slug, "my-site");
    assert.equal(project.path, join(loop.path, "My Site"));
    assert.equal(head(project).cause, "import");
    const snapshot = join(loop.path, ".forkpoint/snapshots", project.projectId, head(project).snapshotId);
    assert.equal(readFileSync(join(snapshot, "page.html"), "utf8"), "one");
    assert.throws(() => {
      writeFileSync(join(snapshot, "page.html"), "two");
    }, /EROFS/);
  });

  it("forks an entry into a writable volume that remembers its origin", async () => {
    const parent = await adopt();
    writeFileSync(join(parent.path, "page.html"), "later");
    const child = await fork(parent, "trial");
    assert.equal(child.path, join(loop.path, "projects/trial"));
    assert.equal(readFileSync(join(child.path, "page.html"), "utf8"), "one");
    assert.deepEqual(child.forkedFrom, {
      projectId: parent.projectId,
      slug: "site",
      snapshotId: parent.headSnapshotId,
    });
    assert.equal(head(child).cause, "fork");
    assert.equal(head(child).parentId, null);
    writeFileSync(join(child.path, "page.html"), "mine");
    assert.equal(readFileSync(join(parent.path, "page.html"), "utf8"), "later");
    assert.deepEqual(rig.intents.list(), []);
    assert.deepEqual(readdirSync(join(loop.path, ".forkpoint/staging")), []);
  });

  it("refuses a slug that is taken, by a project or by a folder, and makes nothing", async () => {
    const parent = await adopt();
    mkdirSync(join(loop.path, "projects/occupied"), { recursive: true });
    const before = subvolumesOf(loop.path);
    for (const [slug, code] of [
      ["site", "SLUG_TAKEN"],
      ["occupied", "SLUG_TAKEN"],
      ["", "SLUG_INVALID"],
      ["A b", "SLUG_INVALID"],
      ["x".repeat(64), "SLUG_INVALID"],
    ] as const) {
      await assert.rejects(rig.fork.run(parent, head(parent), slug, unattended), { code }, slug);
    }
    assert.deepEqual(subvolumesOf(loop.path), before);
  });

  it("gives one of two forks made at once the slug, and refuses the other", async () => {
    const parent = await adopt();
    const both = await Promise.allSettled([fork(parent, "trial"), fork(parent, "trial")]);
    assert.deepEqual(both.map((each) => each.status).sort(), ["fulfilled", "rejected"]);
    assert.equal(rig.projects.list().length, 2);
  });

  it("makes nothing when it is cancelled", async () => {
    const parent = await adopt();
    const before = subvolumesOf(loop.path);
    const cancelled = { signal: AbortSignal.abort(), report: () => undefined };
    await assert.rejects(rig.fork.run(parent, head(parent), "trial", cancelled));
    assert.deepEqual(subvolumesOf(loop.path), before);
    assert.deepEqual(rig.intents.list(), []);
  });

  it("deletes a fork with its volume and snapshots, and frees its slug", async () => {
    const parent = await adopt();
    const before = subvolumesOf(loop.path);
    await rig.deletion.run(await fork(parent, "trial"), unattended);
    assert.deepEqual(subvolumesOf(loop.path), before);
    assert.equal(rig.projects.bySlug("trial"), undefined);
    await fork(parent, "trial");
  });

  it("leaves the folder of an adopted project where it is", async () => {
    const project = await adopt();
    await rig.deletion.run(project, unattended);
    assert.deepEqual(subvolumesOf(loop.path), ["site"]);
    assert.equal(readFileSync(join(project.path, "page.html"), "utf8"), "one");
    assert.deepEqual(rig.projects.list(), []);
  });

  it("refuses to delete a project with forks, and names them", async () => {
    const parent = await adopt();
    await fork(parent, "trial-a");
    await fork(parent, "trial-b");
    await assert.rejects(rig.deletion.run(parent, unattended), {
      code: "PROJECT_HAS_FORKS",
      details: { forks: ["trial-a", "trial-b"] },
    });
    assert.ok(rig.projects.byId(parent.projectId));
  });

  it("removes the link an import left, unless it leads elsewhere by now", async () => {
    const parent = await adopt();
    for (const kept of [false, true]) {
      const child = await fork(parent, "trial");
      const link = join(folder.path, `link-${kept}`);
      symlinkSync(kept ? "/elsewhere" : child.path, link);
      rig.links.remember(child.projectId, link);
      await rig.deletion.run(child, unattended);
      assert.equal(readdirSync(folder.path).includes(`link-${kept}`), kept);
      assert.equal(rig.links.linkOf(child.projectId), undefined);
    }
  });

  it("deletes nested subvolumes with the volume", async () => {
    const parent = await adopt();
    const before = subvolumesOf(loop.path);
    const child = await fork(parent, "trial");
    await rig.btrfs.createSubvolume(join(child.path, "nested"));
    await rig.deletion.run(child, unattended);
    assert.deepEqual(subvolumesOf(loop.path), before);
  });

  for (const crashPoint of ["adopt:intent", "adopt:snapshot"]) {
    it(`undoes an adoption that is killed at ${crashPoint}`, async () => {
      const path = join(loop.path, "site");
      await rig.btrfs.createSubvolume(path);
      const script = { home, crashPoint, adopt: { folder: path, poolId } };
      assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
      assert.deepEqual(await rig.recover(), []);
      assert.deepEqual(subvolumesOf(loop.path), ["site"]);
      assert.deepEqual([rig.intents.list(), rig.projects.list()], [[], []]);
    });
  }

  for (const crashPoint of [
    "fork:intent",
    "fork:volume",
    "fork:settled",
    "fork:snapshot",
    "fork:registered",
  ]) {
    it(`leaves a whole fork or none when it is killed at ${crashPoint}`, async () => {
      const parent = await adopt();
      const before = subvolumesOf(loop.path);
      const { projectId } = parent;
      const script = {
        home,
        crashPoint,
        fork: { projectId, snapshotId: head(parent).snapshotId, slug: "trial" },
      };
      assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
      assert.deepEqual(await rig.recover(), []);
      assert.deepEqual(rig.intents.list(), []);
      const made = rig.projects.bySlug("trial");
      assert.equal(made !== undefined, crashPoint === "fork:registered");
      if (made) assert.equal(readFileSync(join(made.path, "page.html"), "utf8"), "one");
      else {
        assert.deepEqual(subvolumesOf(loop.path), before);
        await fork(parent, "trial");
      }
    });
  }

  for (const step of ["hidden", "link", "grave", "snapshot", "volume"]) {
    it(`finishes a deletion that is killed at deleteProject:${step}`, async () => {
      const parent = await adopt();
      const before = subvolumesOf(loop.path);
      const child = await fork(parent, "trial");
      const link = join(folder.path, "link");
      symlinkSync(child.path, link);
      rig.links.remember(child.projectId, link);
      const crashPoint = `deleteProject:${step}`;
      const script = { home, crashPoint, delete: { projectId: child.projectId } };
      assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
      assert.equal(rig.projects.bySlug("trial"), undefined);
      assert.deepEqual(await rig.recover(), []);
      assert.deepEqual(subvolumesOf(loop.path), before);
      assert.deepEqual(rig.intents.list(), []);
      assert.equal(readdirSync(folder.path).includes("link"), false);
      assert.equal(existsSync(join(loop.path, ".forkpoint/snapshots", child.projectId)), false);
    });
  }

  it("keeps an intent whose pool is absent until the pool is back", async () => {
    const parent = await adopt();
    const { projectId } = parent;
    const script = {
      home,
      crashPoint: "fork:settled",
      fork: { projectId, snapshotId: head(parent).snapshotId, slug: "trial" },
    };
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    const before = subvolumesOf(loop.path);
    const marker = join(loop.path, ".forkpoint/pool.json");
    const text = readFileSync(marker);
    writeFileSync(marker, JSON.stringify({ poolId: "another" }));
    assert.deepEqual(await rig.recover(), []);
    assert.equal(rig.intents.list().length, 1);
    assert.deepEqual(subvolumesOf(loop.path), before);
    writeFileSync(marker, text);
    assert.deepEqual(await rig.recover(), []);
    assert.deepEqual(rig.intents.list(), []);
  });
});
