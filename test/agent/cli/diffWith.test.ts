import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Project } from "../../../agent/protocol/project.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { adoptablePool } from "../../support/adoptablePool.ts";
import { Machine } from "../../support/machine.ts";

describe("forkpoint diff --with", function () {
  this.timeout(60_000);
  let machine: Machine;
  let shop: string;
  let fork: string;
  before(async () => {
    machine = await Machine.withPool();
    const folder = machine.makeFolder("shop");
    mkdirSync(join(folder, "src"));
    for (const name of ["same", "ours", "theirs", "both", "moved"]) {
      writeFileSync(join(folder, "src", name), `${name}\n`.repeat(20));
    }
    machine.give(folder);
    shop = (await machine.import(folder)).path;
    assert.equal((await machine.run(["fork", "--slug", "trial"], shop)).exitCode, 0);
    fork = (await machine.json<Project>("project", "show", "trial")).path;
    const write = (root: string, name: string, text: string) => writeFileSync(join(root, "src", name), text);
    write(shop, "theirs", "changed in the project\n");
    write(fork, "ours", "changed in the fork\n");
    write(shop, "both", "one line\n");
    write(fork, "both", "another line\n");
    write(shop, "only-there", "x\n");
    mkdirSync(join(shop, "pack/deep"), { recursive: true });
    writeFileSync(join(shop, "pack/deep/a"), "a");
    // Some ticks of the kernel's clock later, and still in the same transaction: the numbers are the same.
    await sleep(50);
    write(fork, "only-here", "y\n");
    mkdirSync(join(fork, "bundle/deep"), { recursive: true });
    writeFileSync(join(fork, "bundle/deep/b"), "b");
    renameSync(join(fork, "src/same"), join(fork, "bundle/same"));
    renameSync(join(fork, "src/moved"), join(fork, "src/renamed"));
  });
  after(() => machine.end());

  const seen = async (cwd: string, ...words: string[]) => {
    const { out, err, exitCode } = await machine.run(["diff", "--json", "--with", ...words], cwd);
    assert.equal(exitCode, 0, err);
    const { changes } = JSON.parse(out) as Result<"project/compare">;
    return changes.map(({ kind, path, from }) =>
      [kind, path, ...(from === undefined ? [] : [from])].join(" "),
    );
  };

  it("says what differs from what a fork was made from to the fork, both as they are", async () => {
    assert.deepEqual(await seen(fork, "shop"), [
      "added bundle",
      "added bundle/deep",
      "added bundle/deep/b",
      "renamed bundle/same src/same",
      "removed pack",
      "removed pack/deep",
      "removed pack/deep/a",
      "modified src/both",
      "added src/only-here",
      "removed src/only-there",
      "modified src/ours",
      "renamed src/renamed src/moved",
      "modified src/theirs",
    ]);
  });

  it("says it the other way round in the project", async () => {
    assert.deepEqual(await seen(shop, "trial"), [
      "removed bundle",
      "removed bundle/deep",
      "removed bundle/deep/b",
      "added pack",
      "added pack/deep",
      "added pack/deep/a",
      "modified src/both",
      "renamed src/moved src/renamed",
      "removed src/only-here",
      "added src/only-there",
      "modified src/ours",
      "renamed src/same bundle/same",
      "modified src/theirs",
    ]);
  });

  it("says it of chosen paths, line by line", async () => {
    assert.deepEqual(await seen(fork, "shop", "src/both"), ["modified src/both"]);
    const { out } = await machine.run(["diff", "-p", "--with", "shop", "src/both"], fork);
    assert.match(out, /^-one line$/m);
    assert.match(out, /^\+another line$/m);
  });

  it("waits for nothing when both ask at once", async () => {
    await Promise.all([seen(fork, "shop"), seen(shop, "trial"), seen(fork, "shop"), seen(shop, "trial")]);
  });

  it("refuses a project and itself, one that is not there, and one of another pool", async () => {
    const fails = async (other: string) => (await machine.run(["diff", "--with", other], shop)).err;
    assert.match(await fails("shop"), /shop cannot be compared with itself\. \[BAD_REQUEST\]/);
    assert.match(await fails("nobody"), /PROJECT_NOT_FOUND/);
    const elsewhere = adoptablePool(machine.path("elsewhere.img"), 300, machine.path("elsewhere"));
    await machine.json("pool", "adopt", elsewhere);
    const apart = join(elsewhere, "apart");
    execFileSync("btrfs", ["-q", "subvolume", "create", apart]);
    await machine.import(apart);
    assert.match(await fails("apart"), /lie on different pools\. \[BAD_REQUEST\]/);
  });
});
