import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { errorBody, type ErrorCode } from "../../../../agent/protocol/errors.ts";
import type { MethodName, Params } from "../../../../agent/protocol/methods.ts";
import { Machine } from "../../../support/machine.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

describe("names that lead nowhere", function () {
  this.timeout(60_000);
  let machine: Machine;
  let client: AgentClient;
  let project: Project;
  let first: string;
  let secret: string;
  let tree: string;
  before(async () => {
    machine = await Machine.withPool(512);
    client = await machine.connect();
    const source = machine.makeFolder("source");
    secret = join(machine.makeFolder("elsewhere"), "secret");
    writeFileSync(secret, "untouched");
    writeFileSync(join(source, "file"), "one");
    mkdirSync(join(source, "folder"));
    symlinkSync(machine.path("elsewhere"), join(source, "link"));
    const made = await client.call("project/import", { path: source, slug: "shop" });
    project = made.project;
    first = made.entry.snapshotId;
    writeFileSync(join(project.path, "file"), "two");
    tree = treeFingerprint(project.path);
  });
  /** Whatever was refused has changed nothing. */
  afterEach(async () => {
    assert.equal(treeFingerprint(project.path), tree);
    assert.equal(readFileSync(secret, "utf8"), "untouched");
    const { projects } = await client.call("project/list", {});
    assert.deepEqual(
      projects.map(({ slug }) => slug),
      ["shop"],
    );
    const { entries } = await client.call("timeline/list", { project: "shop" });
    assert.deepEqual(
      entries.map(({ snapshotId }) => snapshotId),
      [first],
    );
  });
  after(() => machine.end());

  async function refused<M extends MethodName>(code: ErrorCode, method: M, params: Params<M>): Promise<void> {
    const outcome = await client.call(method, params).then(
      (result) => ({ code: "none", message: JSON.stringify(result), hint: "-" }),
      (thrown: unknown) => errorBody(thrown),
    );
    assert.equal(outcome.code, code, `${method} ${JSON.stringify(params)}: ${outcome.message}`);
    assert.notEqual(outcome.hint, "");
  }

  it("end a command with 1, and with 2 where its usage is wrong, as JSON on stderr", async () => {
    const unknown = await machine.error("project", "show", "nobody");
    assert.deepEqual([unknown.code, unknown.exitCode], ["PROJECT_NOT_FOUND", 1]);
    const empty = await machine.error("restore", "shop", first, "--path", "");
    assert.deepEqual([empty.code, empty.exitCode], ["BAD_REQUEST", 2]);
  });

  it("are refused as unknown projects by every method that takes one", async () => {
    for (const nobody of ["nobody", "..", "/", "a b", "%s"]) {
      const named = { project: nobody };
      await refused("PROJECT_NOT_FOUND", "project/show", named);
      await refused("PROJECT_NOT_FOUND", "project/open", named);
      await refused("PROJECT_NOT_FOUND", "project/configure", { ...named, settings: {} });
      await refused("PROJECT_NOT_FOUND", "project/delete", named);
      await refused("PROJECT_NOT_FOUND", "project/status", named);
      await refused("PROJECT_NOT_FOUND", "project/fork", { ...named, slug: "twin" });
      await refused("PROJECT_NOT_FOUND", "snapshot/create", named);
      await refused("PROJECT_NOT_FOUND", "snapshot/edit", { ...named, snapshotId: first });
      await refused("PROJECT_NOT_FOUND", "snapshot/delete", { ...named, snapshotIds: [first] });
      await refused("PROJECT_NOT_FOUND", "snapshot/show", named);
      await refused("PROJECT_NOT_FOUND", "timeline/list", named);
      await refused("PROJECT_NOT_FOUND", "timeline/changes", { ...named, snapshotIds: [first] });
      await refused("PROJECT_NOT_FOUND", "timeline/preview", named);
      await refused("PROJECT_NOT_FOUND", "timeline/diff", { ...named, from: first });
      await refused("PROJECT_NOT_FOUND", "timeline/restore", { ...named, snapshotId: first });
      await refused("PROJECT_NOT_FOUND", "timeline/undo", named);
      await refused("PROJECT_NOT_FOUND", "sync/push", named);
    }
  });

  it("are refused as unknown snapshots by every method that takes one", async () => {
    const project = "shop";
    for (const snapshotId of ["zzzzzzzzzzzz", "zzzz", first.slice(0, 3), "..", "/etc", "a b", "%"]) {
      await refused("SNAPSHOT_NOT_FOUND", "timeline/restore", { project, snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "timeline/diff", { project, from: snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "timeline/diff", { project, from: first, to: snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "snapshot/show", { project, snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "timeline/list", { project, before: snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "timeline/changes", { project, snapshotIds: [snapshotId] });
      await refused("SNAPSHOT_NOT_FOUND", "timeline/preview", { project, snapshotId });
      await refused("SNAPSHOT_NOT_FOUND", "project/fork", { project, snapshotId, slug: "twin" });
      await refused("SNAPSHOT_NOT_FOUND", "snapshot/edit", { project, snapshotId, pinned: true });
      await refused("SNAPSHOT_NOT_FOUND", "snapshot/delete", { project, snapshotIds: [snapshotId] });
    }
  });

  const restored = (path: string) => ({ project: "shop", snapshotId: first, paths: ["file", path] });

  it("are refused as paths that leave the workspace, through a link too", async () => {
    const outside = [
      "..",
      "../shop/file",
      "folder/../../x",
      "/etc/passwd",
      "a//b",
      "folder/..",
      "link/secret",
    ];
    for (const path of [...outside, "\\x00", "file\0"]) {
      await refused("PATH_OUTSIDE_VOLUME", "timeline/restore", restored(path));
    }
    await refused("BAD_REQUEST", "timeline/restore", restored(""));
  });

  it("are refused as paths that neither side has", async () => {
    for (const path of ["nothing", "file/below", "folder/nothing", "x".repeat(300)]) {
      await refused("PATH_NOT_FOUND", "timeline/restore", restored(path));
    }
  });

  it("are refused as names for a fork: taken, empty, too long and odd ones", async () => {
    const project = "shop";
    await refused("SLUG_TAKEN", "project/fork", { project, slug: "shop" });
    const odd = [
      "",
      "a".repeat(64),
      "Shop",
      "shop_2",
      "-shop",
      "shop-",
      "..",
      "a/b",
      "sch\u00f6n",
      "a\nb",
      " ",
    ];
    for (const slug of odd) await refused("SLUG_INVALID", "project/fork", { project, slug });
    await refused("BAD_REQUEST", "project/fork", { project, slug: "a".repeat(201) });
  });

  it("are refused as names for an import, whose source stays as it was", async () => {
    const path = machine.makeFolder("second");
    writeFileSync(join(path, "file"), "three");
    const before = treeFingerprint(path);
    await refused("SLUG_TAKEN", "project/import", { path, slug: "shop" });
    for (const slug of ["", "a".repeat(64), "Sh op"])
      await refused("SLUG_INVALID", "project/import", { path, slug });
    await refused("POOL_NOT_FOUND", "project/import", { path, poolId: "nowhere" });
    assert.equal(treeFingerprint(path), before);
  });

  it("are refused as folders to import", async () => {
    const refusedRoots = [
      "/",
      "/etc",
      machine.path("nothing"),
      secret,
      machine.home,
      join(project.path, "folder"),
    ];
    for (const path of refusedRoots) await refused("REFUSED_ROOT", "project/import", { path });
    await refused("PROJECT_EXISTS", "project/import", { path: project.path });
    await refused("PROJECT_EXISTS", "project/import", { path: machine.path("source") });
    await refused("BAD_REQUEST", "project/import", { path: "relative" });
  });

  it("are refused as pools", async () => {
    await refused("POOL_NOT_FOUND", "pool/remove", { poolId: "nowhere" });
    await refused("POOL_IN_USE", "pool/remove", { poolId: project.poolId });
    await refused("NOT_BTRFS", "pool/adopt", { path: machine.makeFolder("plain") });
    const size = 2 ** 28;
    await refused("POOL_EXISTS", "pool/create", { image: machine.path("pool.img"), size });
    await refused("BAD_REQUEST", "pool/create", { image: machine.path("no/such/folder.img"), size });
  });

  it("are refused where nothing can be undone, pushed or pulled", async () => {
    await refused("NOTHING_TO_UNDO", "timeline/undo", { project: "shop" });
    await refused("STORE_NOT_SET", "sync/push", { project: "shop", wait: true });
    await refused("STORE_NOT_SET", "sync/pull", { project: "shop" });
    await refused("STORE_NOT_SET", "store/check", {});
    await refused("STORE_NOT_SET", "store/projects", {});
  });
});
