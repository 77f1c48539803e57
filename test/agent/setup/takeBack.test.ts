import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listing } from "./rig/listing.ts";
import { SetupScene } from "./rig/setupScene.ts";

describe("forkpoint setup --remove", function () {
  this.timeout(60_000);
  let scene: SetupScene;
  let ann: string;
  let bob: string;

  before(async () => {
    scene = await SetupScene.make();
    ann = scene.addUser();
    bob = scene.addUser();
  });

  after(() => scene.end());

  const remove = (user: string) => scene.setup(["--user", user, "--remove", "--yes", "--json"]);
  const call = (user: string, request: object) =>
    scene.run(scene.callBy(user), user, `${JSON.stringify(request)}\n`);

  it("takes back one user's rule and folder, and leaves what others need", () => {
    scene.install(ann);
    scene.install(bob);
    const others = listing(scene.places.lib, join(scene.places.pools, String(scene.uidOf(bob))));

    assert.equal(remove(ann).status, 0);

    assert.notEqual(call(ann, { verb: "status" }).status, 0);
    assert.equal(call(bob, { verb: "status" }).status, 0);
    assert.deepEqual(readdirSync(scene.places.pools), [String(scene.uidOf(bob))]);
    assert.deepEqual(listing(scene.places.lib, join(scene.places.pools, String(scene.uidOf(bob)))), others);
  });

  it("takes back everything with the last user, and nothing else", () => {
    writeFileSync(join(scene.root, "another's"), "");
    const sudoers = readdirSync("/etc/sudoers.d").filter((name) => !scene.places.sudoers.endsWith(name));

    assert.equal(remove(bob).status, 0);

    assert.deepEqual(readdirSync(scene.root), ["another's"]);
    assert.deepEqual(
      readdirSync("/etc/sudoers.d").filter((name) => sudoers.includes(name)),
      sudoers,
    );
    assert.ok(!existsSync(scene.places.sudoers));
  });

  it("says so when nothing was set up", () => {
    assert.deepEqual(JSON.parse(remove(ann).out), { user: ann, removed: [] });
  });

  it("is refused while the user has pools, and names them", () => {
    scene.install(ann);
    scene.install(bob);
    const folder = join(scene.folder, "home");
    const image = join(folder, "pool.img");
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, scene.uidOf(ann), scene.uidOf(ann));
    assert.equal(scene.run(["truncate", "-s", "256M", image], ann).status, 0);
    const made = call(ann, { verb: "makePool", image });
    assert.equal(made.status, 0, made.err);
    assert.equal(call(ann, { verb: "mount", image, name: "pool" }).status, 0);
    assert.deepEqual(scene.wrong(ann), new Map());
    const rules = readFileSync(scene.places.sudoers, "utf8");

    const refused = remove(ann);

    assert.equal(refused.status, 1);
    const { error } = JSON.parse(refused.err) as { error: { code: string; message: string } };
    assert.equal(error.code, "POOL_IN_USE");
    assert.ok(error.message.includes(image));
    assert.equal(readFileSync(scene.places.sudoers, "utf8"), rules);
    assert.equal(remove(bob).status, 0);
    assert.equal(call(ann, { verb: "forget", image }).status, 0);
    assert.equal(remove(ann).status, 0);
    assert.deepEqual(readdirSync(scene.root), ["another's"]);
    assert.ok(existsSync(image));
  });

  it("leaves files that are not Forkpoint's, and says which", () => {
    scene.install(ann);
    writeFileSync(join(scene.places.lib, "mine"), "");
    const refused = remove(ann);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /"SETUP_BLOCKED".*mine/);
    assert.ok(existsSync(join(scene.places.lib, "mine")));
  });
});
