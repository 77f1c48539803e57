import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { shellWords } from "../../../agent/protocol/shellWords.ts";
import { SetupScene } from "./rig/setupScene.ts";

describe("forkpoint setup, before it does anything,", function () {
  this.timeout(60_000);
  let scene: SetupScene;
  let user: string;

  before(async () => {
    scene = await SetupScene.make();
    user = scene.addUser();
  });

  after(() => scene.end());

  afterEach(() => assert.deepEqual(readdirSync(scene.root), []));

  const codeOf = (err: string) => (JSON.parse(err) as { error: { code: string } }).error.code;

  for (const name of [
    "root",
    "nobody-of-this-name",
    "--yes",
    "ALL",
    "#0",
    "0",
    "a b",
    "a\nb",
    "../x",
    "%sudo",
    "",
  ]) {
    it(`refuses to set up for ${JSON.stringify(name)}`, () => {
      const { status, err } = scene.setup([`--user=${name}`, "--yes", "--json"]);
      assert.equal(status, 1);
      assert.equal(codeOf(err), "USER_REFUSED");
    });
  }

  it("takes the one who called sudo, and refuses root itself", () => {
    const { status, err } = scene.setup(["--yes", "--json"]);
    assert.equal(status, 1);
    assert.equal(codeOf(err), "USER_REFUSED");
    const named = scene.run([
      ...["env", `SUDO_USER=${user}`, process.execPath, scene.cli],
      ...["setup", "--root", scene.root, "--check", "--json"],
    ]);
    assert.equal((JSON.parse(named.out) as { user: string }).user, user);
  });

  it("tells an ordinary user the exact command", () => {
    scene.install(user);
    const refused = scene.run([scene.places.node, scene.cli, "setup", "--root", scene.root], user);
    const command = ["sudo", scene.places.node, scene.cli, "setup", "--user", user, "--root", scene.root];
    assert.equal(refused.status, 1);
    assert.match(refused.err, /NEEDS_ROOT/);
    assert.ok(refused.err.includes(`Run: ${shellWords(command)}\n`), refused.err);
    assert.equal(scene.setup(["--user", user, "--remove", "--yes"]).status, 0);
  });

  it("wants consent: beforehand where there is no terminal", () => {
    const { status, err } = scene.setup(["--user", user]);
    assert.equal(status, 2);
    assert.match(err, /Use --yes/);
    for (const said of [scene.places.lib, scene.places.state, scene.places.sudoers, "without a password"]) {
      assert.ok(err.includes(said), said);
    }
  });

  it("wants consent: on a terminal, where anything but yes changes nothing", () => {
    for (const answer of ["n\n", "\n", "yess\n"]) {
      const refused = onTerminal(answer);
      assert.equal(refused.status, 1);
      assert.match(refused.out, /Go on\? \[y\/N\]/);
      assert.match(refused.out, /CANCELLED/);
      assert.deepEqual(readdirSync(scene.root), []);
    }
  });

  it("goes on after a yes", () => {
    const agreed = onTerminal("yes\n");
    assert.equal(agreed.status, 0, agreed.out);
    assert.match(agreed.out, /can use Forkpoint without being root now/);
    assert.equal(scene.setup(["--user", user, "--remove", "--yes"]).status, 0);
  });

  it("refuses a Node that is too old or none, and a path that sudoers would read otherwise", () => {
    for (const node of ["/bin/true", "/no/such/node"]) {
      const { status, err } = scene.setup(["--user", user, "--yes", "--json", "--node", node]);
      assert.equal(status, 1);
      assert.equal(codeOf(err), "NODE_TOO_OLD");
    }
    const { status, err } = scene.run([
      process.execPath,
      scene.cli,
      "setup",
      "--user",
      user,
      "--yes",
      "--json",
      "--root",
      "/tmp/a,b",
    ]);
    assert.equal(status, 2);
    assert.equal(codeOf(err), "BAD_REQUEST");
  });

  /** Runs it with a terminal, on which a person types. */
  function onTerminal(typed: string) {
    const command = shellWords([process.execPath, scene.cli, "setup", "--root", scene.root, "--user", user]);
    return scene.run(["script", "--quiet", "--return", "--command", command, "/dev/null"], undefined, typed);
  }
});
