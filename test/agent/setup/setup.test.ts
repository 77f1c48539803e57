import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { listing } from "./rig/listing.ts";
import { type Checked, SetupScene } from "./rig/setupScene.ts";

const status = `${JSON.stringify({ verb: "status" })}\n`;

describe("forkpoint setup", function () {
  this.timeout(60_000);
  let scene: SetupScene;
  let user: string;

  before(async () => {
    scene = await SetupScene.make();
    user = scene.addUser();
  });

  after(() => scene.end());

  const install = () => scene.install(user);
  const wrong = () => scene.wrong(user);

  it("installs the helper, which the user then can call", () => {
    assert.ok(install().includes("sudoers rule"));
    const uid = scene.uidOf(user);
    const answer = scene.run(scene.callBy(user), user, status);
    assert.equal(answer.status, 0, answer.err);
    const { mountsFolder } = JSON.parse(answer.out) as { mountsFolder: string };
    assert.equal(mountsFolder, join(scene.places.pools, String(uid)));
  });

  it("lets the user call nothing else, and not in another's name", () => {
    const uid = scene.uidOf(user);
    const call = scene.callBy(user);
    const sudo = ["sudo", "-n", "--"];
    const refused = [
      [...sudo, "/usr/bin/true"],
      [...sudo, scene.places.node, "--version"],
      [...sudo, scene.places.node, scene.places.program, String(uid)],
      [...call, "more"],
      [...call.slice(0, -1), String(uid + 1)],
      [...call.slice(0, -1), "0"],
      call.slice(0, -1),
      ["sudo", "-n", "NODE_OPTIONS=--require=/tmp/x.cjs", ...call.slice(3)],
      ["sudo", "-n", "-u", "nobody", ...call.slice(3)],
    ];
    for (const command of refused) {
      const ran = scene.run(command, user, status);
      assert.equal(ran.status, 1, command.join(" "));
      assert.match(ran.err, /^sudo: /, command.join(" "));
    }
  });

  it("changes nothing when it runs again, and says so", () => {
    const before = listing(scene.root, scene.places.sudoers);
    const { status: code, out } = scene.setup(["--user", user, "--yes"]);
    assert.equal(code, 0);
    assert.match(out, /nothing was changed/);
    assert.deepEqual(listing(scene.root, scene.places.sudoers), before);
  });

  it("finds nothing wrong then, and tells an ordinary user what it can", () => {
    assert.deepEqual(wrong(), new Map());
    const asUser = scene.run(
      [scene.places.node, scene.cli, "setup", "--root", scene.root, "--check", "--json"],
      user,
    );
    assert.equal(asUser.status, 0, asUser.err);
    const { checks } = JSON.parse(asUser.out) as Checked;
    assert.deepEqual(
      checks.filter(({ state }) => state !== "ok").map(({ name, state }) => [name, state]),
      [["sudoers rule", "hidden"]],
    );
  });

  const damages: [piece: string, what: string, damage: (scene: SetupScene) => void][] = [
    ["program folder", "others may write to", ({ places }) => chmodSync(places.lib, 0o777)],
    ["program folder", "belongs to another", ({ places }) => chownSync(places.lib, 1, 1)],
    ["node", "is missing", ({ places }) => rmSync(places.node)],
    ["node", "was altered", ({ places }) => appendFileSync(places.node, "x")],
    ["node", "has another mode", ({ places }) => chmodSync(places.node, 0o4755)],
    ["helper", "is missing", ({ places }) => rmSync(places.program)],
    ["helper", "was altered", ({ places }) => appendFileSync(places.program, "//")],
    ["helper", "belongs to another", ({ places }) => chownSync(places.program, 0, 1)],
    ["record", "is missing", ({ places }) => rmSync(join(places.lib, "installed.json"))],
    ["record", "was altered", ({ places }) => writeFileSync(join(places.lib, "installed.json"), "{}")],
    ["settings", "were altered", ({ places }) => writeFileSync(places.config, '{"state":"/tmp"}')],
    ["settings", "are missing", ({ places }) => rmSync(places.config)],
    ["state folder", "others may read", ({ places }) => chmodSync(places.state, 0o755)],
    ["mount folder", "belongs to another", ({ places }) => chownSync(places.pools, 1, 0)],
    ["sudoers rule", "is missing", ({ places }) => rmSync(places.sudoers)],
    ["sudoers rule", "has another mode", ({ places }) => chmodSync(places.sudoers, 0o444)],
    [
      "sudoers rule",
      "was altered",
      ({ places }) => appendFileSync(places.sudoers, "#1 ALL=(root) NOPASSWD: /usr/bin/true\n"),
    ],
  ];
  for (const [piece, what, damage] of damages) {
    it(`finds that the ${piece} ${what}, and mends it`, () => {
      damage(scene);
      assert.ok(wrong().has(piece));
      assert.ok(install().includes(piece));
    });
  }

  it("finds that the user's mount folder is missing, and mends it", () => {
    rmSync(join(scene.places.pools, String(scene.uidOf(user))), { recursive: true });
    assert.deepEqual([...wrong().keys()], [`mount folder of ${user}`]);
    assert.deepEqual(install(), [`mount folder of ${user}`]);
  });

  it("takes no program over from a folder that others could write to", () => {
    writeFileSync(scene.places.program, "// another's");
    chmodSync(scene.places.lib, 0o777);
    install();
    assert.equal(readFileSync(scene.places.program, "utf8"), readFileSync(scene.helper, "utf8"));
  });

  it("refuses to install where others than root may exchange the folder", () => {
    chmodSync(scene.root, 0o777);
    const { status: code, err } = scene.setup(["--user", user, "--yes", "--json"]);
    chmodSync(scene.root, 0o755);
    assert.equal(code, 1);
    assert.match(err, /"SETUP_BLOCKED"/);
    assert.ok(err.includes(scene.root));
  });

  it("completes what a killed writing left half done", () => {
    for (const file of [scene.places.sudoers, scene.places.program]) writeFileSync(`${file}~`, "half");
    rmSync(scene.places.sudoers);
    rmSync(scene.places.program);
    assert.deepEqual(install(), ["helper", "sudoers rule"]);
    assert.deepEqual(wrong(), new Map());
    for (const file of [scene.places.sudoers, scene.places.program]) assert.ok(!existsSync(`${file}~`));
  });
});
