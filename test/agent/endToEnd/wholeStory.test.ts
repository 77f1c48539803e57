import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, readlinkSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { Machine } from "../../support/machine.ts";
import { testMode } from "../../support/testMode.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

type Snapshot = Entry & { created: boolean };
type Restored = Entry & { restored: boolean; summary: object };
type Diff = Result<"timeline/diff">;
type History = Result<"timeline/history">;

/** The steps build on each other; a failed one fails those after it. */
describe("a project from its import to another machine", function () {
  this.timeout(120_000);
  let here: Machine;
  let there: Machine;
  let volume: string;
  let project: Project & { snapshotId: string };
  let first: string;
  let kept: Snapshot;
  let changed: string;
  const sh = (script: string) => execFileSync("bash", ["-ec", script], { cwd: volume });

  before(() => {
    here = new Machine();
    there = new Machine();
  });
  after(async () => {
    await here.end();
    await there.end();
  });

  it("makes a pool, and sets a folder as the store", async () => {
    const pool = await here.pool(1024);
    assert.equal(pool.state, "mounted");
    assert.equal(pool.totalBytes, 2 ** 30);
    const url = `dir://${here.makeFolder("store")}`;
    const store = await here.json<{ url: string; state: string }>("store", "set", url);
    assert.deepEqual([store.url, store.state], [url, "ok"]);
  });

  it("imports a folder with every kind of entry, and leaves a link where it was", async () => {
    const source = here.makeFolder("shop");
    everyKindOfEntry(source);
    first = treeFingerprint(source);
    project = await here.import(source);
    volume = project.path;
    assert.equal(project.slug, "shop");
    assert.equal(project.forkedFrom, null);
    assert.equal(project.headSnapshotId, project.snapshotId);
    assert.equal(readlinkSync(source), volume);
    assert.equal(treeFingerprint(volume), first);
    const resolved = await here.run(["project", "show", "--json"], join(source, "linked"));
    assert.deepEqual((JSON.parse(resolved.out) as Project).projectId, project.projectId);
  });

  it("makes no entry of an unchanged workspace, and one when a label asks for it", async () => {
    const none = await here.json<Snapshot>("snapshot", "shop");
    assert.deepEqual([none.created, none.snapshotId], [false, project.snapshotId]);
    const named = ["--label", "as imported", "--note", "a\nb", "--pin"];
    kept = await here.json<Snapshot>("snapshot", "shop", ...named);
    assert.equal(kept.created, true);
    assert.deepEqual(
      [kept.parentId, kept.cause, kept.label, kept.note, kept.pinned, kept.head],
      [project.snapshotId, "manual", "as imported", "a\nb", true, true],
    );
    assert.equal(new Date(kept.createdAt).toISOString(), kept.createdAt);
    assert.equal(treeFingerprint(kept.path), first);
  });

  it("says what changed since", async () => {
    sh(`echo more >> plain; mkdir -p new/deep; echo 1 > new/deep/file; rm compressible; mv random moved
        chmod 600 zeros; chmod 755 folder-555; rm -r folder-555; ln -sfn elsewhere link; truncate -s 3M sparse`);
    changed = treeFingerprint(volume);
    const { changes, truncated } = await here.json<Diff>("diff", "shop", kept.snapshotId.slice(0, 6));
    assert.equal(truncated, false);
    const of = (path: string) => changes.find((change) => change.path === path);
    assert.equal(of("plain")?.kind, "modified");
    assert.equal(of("plain")?.size, 11);
    assert.equal(of("new/deep/file")?.kind, "added");
    assert.equal(of("compressible")?.kind, "removed");
    assert.deepEqual([of("moved")?.kind, of("moved")?.from], ["renamed", "random"]);
    assert.equal(of("zeros")?.kind, "metadata");
    assert.equal(of("folder-555/inside")?.kind, "removed");
    assert.equal(of("empty"), undefined);
  });

  it("has the versions of a file and of a folder, and what was deleted", async () => {
    const history = async (path: string) => (await here.json<History>("history", "shop", path)).versions;
    assert.deepEqual(
      (await history("plain")).map(({ size, entries, now }) => [size, entries, now]),
      [
        [11, 0, true],
        [6, 2, false],
      ],
    );
    const [folder] = await history("folder-555");
    assert.deepEqual([folder?.kind, folder?.gone, folder?.entries], ["directory", true, 2]);
    const { deleted } = await here.json<Result<"timeline/deleted">>("history", "--deleted", "shop");
    const paths = deleted.map(({ path }) => path);
    assert.deepEqual([paths.includes("compressible"), paths.includes("random")], [true, false]);
    assert.equal(deleted.find(({ path }) => path === "folder-555")?.below, 1);
  });

  it("restores one path and leaves the others", async () => {
    const paths = ["--path", "compressible", "--path", "new"];
    const result = await here.json<Restored>("restore", "shop", kept.snapshotId, ...paths);
    assert.equal(result.restored, true);
    assert.deepEqual(readdirSync(volume).includes("new"), false);
    assert.equal(lstatSync(join(volume, "compressible")).size, 2_000_000);
    assert.equal(lstatSync(join(volume, "plain")).size, 11);
    await here.json("undo", "shop");
    assert.equal(treeFingerprint(volume), changed);
  });

  it("restores the whole workspace, and undoes that", async () => {
    const inode = lstatSync(volume).ino;
    const before = treeFingerprint(volume);
    const result = await here.json<Restored>("restore", "shop", kept.snapshotId);
    assert.equal(result.cause, "restore");
    assert.equal(result.parentId, kept.snapshotId);
    assert.equal(treeFingerprint(volume), first);
    assert.equal(lstatSync(volume).ino, inode);
    const undone = await here.json<Restored>("undo", "shop");
    assert.equal(undone.restored, true);
    assert.equal(treeFingerprint(volume), before);
    assert.equal((await here.json<Snapshot>("snapshot", "shop")).created, false);
  });

  it("forks an entry and the present state", async () => {
    const old = await here.json<Project>("fork", "shop", kept.snapshotId, "--slug", "old");
    assert.equal(treeFingerprint(old.path), first);
    assert.deepEqual(old.forkedFrom, {
      projectId: project.projectId,
      slug: "shop",
      snapshotId: kept.snapshotId,
    });
    const { versions } = await here.json<History>("history", "old", "plain");
    assert.deepEqual(
      versions.map(({ entries, first: from }) => [entries, from?.cause]),
      [[1, "fork"]],
    );
    sh("echo unsaved > unsaved");
    const now = await here.json<Project>("fork", "shop", "--slug", "now");
    assert.equal(treeFingerprint(now.path), treeFingerprint(volume));
    const { error } = JSON.parse((await here.run(["project", "delete", "shop", "--json"])).err) as {
      error: { code: string; details: { forks: string[] } };
    };
    assert.equal(error.code, "PROJECT_HAS_FORKS");
    assert.deepEqual(error.details.forks.sort(), ["now", "old"]);
  });

  it("puts every entry into the store", async () => {
    for (const slug of ["shop", "old", "now"]) {
      const { pending } = await here.json<{ pending: number }>("push", slug, "--wait");
      assert.equal(pending, 0);
      const entries = await here.json<Entry[]>("timeline", slug);
      for (const entry of entries) {
        assert.equal(entry.durability, "durable");
        assert.match(entry.manifestDigest ?? "", /^[0-9a-f]{64}$/);
      }
    }
    const { health } = await here.json<{ health: { pending: number } }>("status", "shop");
    assert.equal(health.pending, 0);
  });

  it("finds nothing amiss but the small pool, and the rights that it lacks where it has none", async () => {
    const { checks } = JSON.parse((await here.run(["doctor", "--json"])).out) as Result<"agent/doctor">;
    const amiss = checks.filter(({ ok, name }) => !ok && !name.startsWith("pool "));
    assert.deepEqual(
      amiss.map(({ name, remedy }) => [name, remedy]),
      testMode === "none" ? [["privileges", "Run `sudo forkpoint setup`."]] : [],
    );
  });

  it("is destroyed here, and comes back elsewhere from the store alone", async () => {
    const last = treeFingerprint(volume);
    for (const slug of ["now", "old", "shop"]) await here.json("project", "delete", slug, "--yes");
    assert.deepEqual(await here.json("project", "list"), []);
    await here.json("pool", "remove");
    await here.stopAgent();
    await there.pool(1024, "other");
    await there.json("store", "set", `dir://${here.path("store")}`);
    const pulled = await there.json<Project>("pull", "shop");
    assert.equal(treeFingerprint(pulled.path), last);
    const again = await there.json<Project>("pull", "shop", kept.snapshotId, "--slug", "as-imported");
    assert.equal(treeFingerprint(again.path), first);
    const entries = await there.json<Entry[]>("timeline", "as-imported");
    assert.deepEqual(
      entries.map(({ cause, durability }) => [cause, durability]),
      [["pull", "durable"]],
    );
  });
});
