import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { OrdinaryUser } from "./support/ordinaryUser.ts";

describe("npm test for an ordinary user with sudo", function () {
  this.timeout(300_000);
  let user: OrdinaryUser;

  before(() => {
    user = new OrdinaryUser();
  });

  after(() => user.end());

  it("runs what needs root, ends with the same line, and leaves nothing that is root's", () => {
    const needsRoot = "test/agent/setup/rootOwned.test.ts";
    const [program = "", ...args] = user.command(
      user.node,
      join(user.checkout, "scripts/test.mjs"),
      needsRoot,
    );
    const ran = spawnSync(program, args, { cwd: user.checkout, env: user.env, encoding: "utf8" });

    assert.equal(ran.status, 0, (ran.stdout + ran.stderr).slice(-4000));
    assert.equal(ran.stdout.trimEnd().split("\n").at(-1), "4 passed, 0 failed");
    assert.equal(execFileSync("find", [user.checkout, "-user", "root"], { encoding: "utf8" }), "");
  });
});
