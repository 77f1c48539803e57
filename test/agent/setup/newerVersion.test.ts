import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SetupScene } from "./rig/setupScene.ts";

describe("a newer Forkpoint", function () {
  this.timeout(60_000);
  let scene: SetupScene;
  let user: string;

  before(async () => {
    scene = await SetupScene.make();
    user = scene.addUser();
    scene.install(user);
  });

  after(() => scene.end());

  function become(version: string, mark: string): void {
    const file = join(scene.folder, "forkpoint", "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...manifest, version }));
    appendFileSync(scene.helper, `// ${mark}\n`);
  }

  it("replaces the helper, while a call that runs goes on with the old one", async () => {
    const args = ["-u", user, "--", ...scene.callBy(user)];
    const call = spawn("runuser", args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"] });
    const answer = text(call.stdout);
    const ended = once(call, "exit");
    call.stdin.write('{"verb":');
    become("99.0.0", "newer");

    assert.ok(scene.wrong(user).has("helper"));
    assert.deepEqual(scene.install(user), ["helper", "record"]);

    call.stdin.end('"status"}\n');
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual((JSON.parse(await answer) as { pools: unknown[] }).pools, []);
    assert.match(readFileSync(scene.places.program, "utf8"), /newer\n$/);
  });

  it("is left in place by an older one", () => {
    become("0.0.1", "older");
    assert.deepEqual(scene.wrong(user), new Map());
    assert.deepEqual(scene.install(user), []);
    assert.match(readFileSync(scene.places.program, "utf8"), /newer\n$/);
  });
});
