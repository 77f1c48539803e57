import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../../../agent/protocol/project.ts";
import { Machine } from "../../support/machine.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

/** As some package managers keep what they have installed: so that its owner cannot change it by mistake. */
const install = `mkdir -p modules/{one,two}/{src,lib}; for f in modules/{one,two}/{src,lib}/{a,b,c}; do head -c 9000 /dev/urandom > $f; done
  echo text > modules/readme; chmod -R a-w modules; touch -d @1234567890.123456789 modules modules/one`;
const upgrade = `chmod -R u+w modules; for f in modules/*/src/*; do echo changed > $f; done; rm -r modules/two/lib modules/one/lib/a
  mv modules/one/src modules/two/moved; mkdir modules/three; echo new > modules/three/new; ln modules/readme modules/two/twin
  chmod -R a-w modules`;

describe("folders that their owner has closed to writing", function () {
  this.timeout(120_000);
  let machine: Machine;
  let project: Project & { snapshotId: string };
  let first: string;
  let second: string;
  const sh = (script: string, cwd = project.path) => execFileSync("bash", ["-ec", script], { cwd });
  const see = () => treeFingerprint(project.path);
  before(async () => {
    machine = await Machine.withPool(512);
    const source = machine.makeFolder("shop");
    sh(install, source);
    first = treeFingerprint(source);
    project = await machine.import(source);
  });
  after(() => machine.end());

  it("are moved into the pool, and nothing of them stays behind", () => {
    assert.equal(see(), first);
    const left = execFileSync("find", [machine.folder, "-maxdepth", "1", "-name", ".*forkpoint*"]);
    assert.equal(left.toString(), "");
  });

  it("are restored, and that is undone", async () => {
    sh(upgrade);
    second = see();
    await machine.json("restore", "shop", project.snapshotId);
    assert.equal(see(), first);
    await machine.json("undo", "shop");
    assert.equal(see(), second);
  });

  it("are restored in part, and what lies beside keeps its mode", async () => {
    const paths = ["--path", "modules/one/src/b", "--path", "modules/two/lib"];
    await machine.json("restore", "shop", project.snapshotId, ...paths);
    assert.equal(existsSync(join(project.path, "modules/one/src/b")), true);
    assert.equal(existsSync(join(project.path, "modules/two/lib/c")), true);
    const open = execFileSync("find", [project.path, "-mindepth", "1", "-type", "d", "-perm", "/222"]);
    assert.equal(open.toString(), "");
    await machine.json("undo", "shop");
    assert.equal(see(), second);
  });

  it("are forked, and go with a project that is deleted", async () => {
    const fork = await machine.json<Project>("fork", "shop", "--slug", "twin");
    assert.equal(treeFingerprint(fork.path), second);
    await machine.json("project", "delete", "twin", "--yes");
    assert.equal(existsSync(fork.path), false);
  });
});
