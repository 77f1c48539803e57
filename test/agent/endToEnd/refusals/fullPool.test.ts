import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import { errorBody } from "../../../../agent/protocol/errors.ts";
import { asRoot } from "../../../support/asRoot.ts";
import { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

const fillData = "mkdir full; cat /dev/urandom > full/data || true; sync .";
/** Long links lie in the metadata itself, which has no more room to grow into by then. */
const fillMetadata = `perl -e 'my $n = 0; 1 while symlink("x" x 3800, "full/" . $n++)'; sync .`;
const fillings = { "of data": fillData, "of data and metadata": `${fillData}; ${fillMetadata}` };

for (const [what, script] of Object.entries(fillings)) {
  describe(`a pool full ${what}`, function () {
    this.timeout(300_000);
    let scene: CrashScene;
    let client: AgentClient;
    let project: Project;
    let target: string;
    before(async () => {
      scene = await CrashScene.open(256);
      client = await scene.agent();
      const source = scene.machine.makeFolder("source");
      const make =
        "mkdir d; for n in {1..300}; do head -c 9000 /dev/urandom > d/$n; done; head -c 3000000 /dev/urandom > blob";
      execFileSync("bash", ["-ec", make], { cwd: source });
      const made = await client.call("project/import", { path: source, slug: "shop", copy: true });
      project = made.project;
      target = made.entry.snapshotId;
      const change = "for n in {1..200}; do echo changed > d/$n; done; mkdir e; mv d/2?? e/; rm blob";
      execFileSync("bash", ["-ec", change], { cwd: project.path });
      spawnSync("bash", ["-c", script], { cwd: project.path, stdio: "ignore" });
      assert.notEqual(spawnSync("cp", ["/bin/bash", "one-more"], { cwd: project.path }).status, 0);
      rmSync(join(project.path, "one-more"), { force: true });
    });
    after(() => scene.machine.end());

    /** Runs `work`; when it fails that is for lack of room, and nothing half made is left either way. */
    async function attempted(work: () => Promise<unknown>): Promise<"done" | "full"> {
      const failed = await work().then(
        () => null,
        (thrown: unknown) => errorBody(thrown),
      );
      if (failed) assert.equal(failed.code, "POOL_FULL", failed.message);
      await scene.recovered();
      return failed ? "full" : "done";
    }
    const slugs = async () => (await client.call("project/list", {})).projects.map(({ slug }) => slug);

    it("takes no import: the folder stays, and no project is made", async () => {
      const source = scene.machine.makeFolder("large");
      execFileSync("bash", ["-ec", "head -c 20000000 /dev/urandom > large"], { cwd: source });
      const tree = treeFingerprint(source);
      assert.equal(await attempted(() => client.call("project/import", { path: source })), "full");
      assert.equal(treeFingerprint(source), tree);
      assert.equal(lstatSync(source).isDirectory(), true);
      assert.deepEqual(await slugs(), ["shop"]);
    });

    it("makes a snapshot whole or not at all", async () => {
      const tree = treeFingerprint(project.path);
      const before = await client.call("timeline/list", { project: "shop" });
      const outcome = await attempted(() => client.call("snapshot/create", { project: "shop" }));
      const after = await client.call("timeline/list", { project: "shop" });
      assert.equal(after.entries.length - before.entries.length, outcome === "done" ? 1 : 0);
      assert.equal(treeFingerprint(project.path), tree);
    });

    it("makes a fork whole or not at all", async () => {
      const fork = () => client.call("project/fork", { project: "shop", snapshotId: target, slug: "twin" });
      const outcome = await attempted(fork);
      assert.deepEqual((await slugs()).includes("twin"), outcome === "done");
      assert.equal(existsSync(join(scene.pool, "projects", "twin")), outcome === "done");
      if (outcome === "done") await client.call("project/delete", { project: "twin" });
    });

    it("is restored whole or not at all, and works again once there is room", async () => {
      const tree = treeFingerprint(project.path);
      const restore = { project: "shop", snapshotId: target };
      const outcome = await attempted(() => client.call("timeline/restore", restore));
      const entries = (await client.call("timeline/list", { project: "shop" })).entries;
      const wanted = treeFingerprint(entries.find(({ snapshotId }) => snapshotId === target)?.path ?? "");
      assert.equal(treeFingerprint(project.path), outcome === "done" ? wanted : tree);
      if (outcome === "done") return;
      rmSync(join(project.path, "full"), { recursive: true });
      await client.call("snapshot/create", { project: "shop" });
      for (const { snapshotId } of entries) {
        if (snapshotId !== target)
          await client.call("snapshot/delete", { project: "shop", snapshotIds: [snapshotId] });
      }
      asRoot("btrfs", ["subvolume", "sync", scene.pool]);
      await client.call("timeline/restore", restore);
      assert.equal(treeFingerprint(project.path), wanted);
    });
  });
}
