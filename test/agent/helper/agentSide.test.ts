import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { bundles } from "../../../scripts/build.mjs";
import { asUser } from "../../support/helperCall.ts";
import { HelperScene } from "./rig/helperScene.ts";

describe("an agent of an ordinary user with the helper", () => {
  let scene: HelperScene;
  let script: string;

  before(async function () {
    this.timeout(60_000);
    scene = await HelperScene.open();
    script = join(scene.install.root, "agent.mjs");
    // Of what is bundled into one file, with another file to begin with.
    const options = bundles({ minify: false })["helper"] ?? {};
    await build({
      ...options,
      entryPoints: [join(import.meta.dirname, "rig/agentScript.ts")],
      outfile: script,
      sourcemap: false,
    });
    execFileSync("chmod", ["644", script]);
  });
  after(() => {
    scene.close();
  });

  it("makes, grows and removes pools, sends, receives and restores owners through the seam", async function () {
    this.timeout(60_000);
    const { ann, install } = scene;
    const env = {
      PATH: process.env["PATH"],
      FORKPOINT_HELPER: install.places.lib,
      PAUSE: process.env["PAUSE"],
    };
    const ran = spawnSync(...asUser(ann, install.places.node, script), {
      cwd: ann.home,
      env,
      encoding: "utf8",
    });
    assert.equal(ran.status, 0, ran.stderr);
    assert.ok(existsSync(join(ann.home, "done")));
    if (process.env["PAUSE"] !== undefined) console.log(ran.stdout);
    scene.assertClean();
    // The helper that was started ahead ends with whoever started it.
    while (helpersRunning(install.places.program) > 0) await sleep(20);
  });

  it("has no helper when it may not call it, or none is there", () => {
    const { ann, install } = scene;
    for (const lib of [join(ann.home, "none"), "/usr/lib", install.places.lib]) {
      // The third is there, and sudo does not know nobody.
      const { uid, gid } = lib === install.places.lib ? { uid: 65534, gid: 65534 } : ann;
      const env = { PATH: process.env["PATH"], FORKPOINT_HELPER: lib };
      const ran = spawnSync(...asUser({ uid, gid }, install.places.node, script), {
        cwd: "/",
        env,
        encoding: "utf8",
      });
      assert.match(ran.stderr, /'none'|"none"/);
    }
  });
});

function helpersRunning(program: string): number {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(join("/proc", pid, "cmdline"), "utf8").includes(program);
    } catch {
      return false;
    }
  }).length;
}
