import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { everyKindOfEntry } from "../../../support/everyKindOfEntry.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { ImportScene } from "../rig/importScene.ts";
import { runScript } from "../rig/killed.ts";

describe("importing a folder in an agent that is killed", () => {
  let scene: ImportScene;
  beforeEach(async () => {
    scene = await ImportScene.open();
  });
  afterEach(() => {
    scene.close();
  });

  const steps = [
    "intent",
    "copied",
    "proven",
    "settled",
    "snapshot",
    "aside",
    "linked",
    "registered",
    "deleted",
  ];
  for (const step of steps) {
    it(`leaves a whole project or none when it is killed at import:${step}`, async () => {
      everyKindOfEntry(scene.source);
      const before = treeFingerprint(scene.source);
      const script = scene.killedImport(`import:${step}`);
      assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
      assert.deepEqual(await scene.rig.recover(), []);
      const [project] = scene.rig.projects.list();
      assert.equal(project !== undefined, step === "registered" || step === "deleted");
      if (!project) {
        scene.assertNothingMade(before);
        assert.equal(treeFingerprint((await scene.import()).path), before);
        return;
      }
      assert.equal(treeFingerprint(project.path), before);
      assert.equal(treeFingerprint(scene.firstSnapshot(project)), before);
      assert.equal(readlinkSync(scene.source), project.path);
      assert.deepEqual(readdirSync(scene.sources), ["My Shop"]);
      assert.deepEqual(scene.rig.intents.list(), []);
    });
  }

  it("undoes an import that is killed in the middle of the copy, while the copying goes on", async () => {
    execFileSync("bash", ["-c", "for n in {1..300}; do head -c 500000 /dev/urandom > $n; done"], {
      cwd: scene.source,
    });
    const before = treeFingerprint(scene.source);
    const script = scene.killedImport("", 200);
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    assert.deepEqual(await scene.rig.recover(), []);
    scene.assertNothingMade(before);
    await scene.import();
  });

  it("keeps the copy of a killed import when its source is gone by then", async () => {
    const before = treeFingerprint(scene.source);
    const script = scene.killedImport("import:snapshot");
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    rmSync(scene.source, { recursive: true });
    assert.deepEqual(await scene.rig.recover(), []);
    const [project] = scene.rig.projects.list();
    assert.equal(treeFingerprint(project?.path ?? ""), before);
    assert.deepEqual(scene.rig.intents.list(), []);
  });

  it("keeps both when a killed import's source has a successor, until that is gone", async () => {
    const script = scene.killedImport("import:aside");
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    mkdirSync(scene.source);
    const [problem] = await scene.rig.recover();
    assert.match(problem?.message ?? "", /came into being/);
    assert.equal(readdirSync(scene.sources).length, 2);
    rmdirSync(scene.source);
    assert.deepEqual(await scene.rig.recover(), []);
    assert.equal(readFileSync(join(scene.source, "page.html"), "utf8"), "one");
    assert.equal(existsSync(join(scene.loop.path, "projects/my-shop")), false);
  });
});
