import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { SetupScene } from "./rig/setupScene.ts";

const script = resolve(import.meta.dirname, "rig/killedSetup.ts");

describe("a set-up that is killed", function () {
  this.timeout(60_000);
  let scene: SetupScene;
  let user: string;

  before(async () => {
    scene = await SetupScene.make();
    user = scene.addUser();
  });

  after(() => scene.end());

  function kill(what: "install" | "remove", point: string): void {
    const args = JSON.stringify({ what, user, root: scene.root, helper: scene.helper, point });
    assert.equal(scene.run([process.execPath, script, args]).status, null, `${point} was not reached`);
  }

  const call = () => scene.run(scene.callBy(user), user, `${JSON.stringify({ verb: "status" })}\n`);

  for (const piece of ["program folder", "node", "helper", "record", "state folder", "mount folder"]) {
    it(`after the ${piece} lets nobody call, and is completed by the next`, () => {
      kill("install", `setup:${piece}`);
      assert.notEqual(call().status, 0);
      assert.ok(!existsSync(scene.places.sudoers));
      scene.install(user);
      assert.deepEqual(scene.wrong(user), new Map());
      assert.equal(scene.setup(["--user", user, "--remove", "--yes"]).status, 0);
    });
  }

  it("after the rule needs nothing more", () => {
    kill("install", "setup:sudoers rule");
    assert.equal(call().status, 0);
    assert.deepEqual(scene.install(user), []);
    assert.equal(scene.setup(["--user", user, "--remove", "--yes"]).status, 0);
  });

  for (const what of ["sudoers rule", "state folder"]) {
    it(`while it takes back, after the ${what}, is ended by the next`, () => {
      scene.install(user);
      kill("remove", `takeBack:${what}`);
      assert.notEqual(call().status, 0);
      const ended = scene.setup(["--user", user, "--remove", "--yes"]);
      assert.equal(ended.status, 0, ended.err);
      assert.deepEqual(readdirSync(scene.root), []);
    });
  }
});
