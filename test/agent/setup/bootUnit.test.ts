import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BootUnit, bootUnitText } from "../../../agent/setup/bootUnit.ts";
import { helperPlaces } from "../../../agent/volumes/privileged/helperPlaces.ts";
import { assertGolden } from "../../support/golden.ts";
import { processes } from "../../support/processes.ts";

const golden = join(import.meta.dirname, "golden", "forkpoint-pools.service.txt");
const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

describe("the unit that mounts pools at boot", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "unit-")));
  const file = join(root, "etc/systemd/system/forkpoint-pools.service");
  const program = join(root, "program");
  const text = bootUnitText({ node: program, program });
  const unit = new BootUnit(processes, file, text, root);

  before(() => {
    mkdirSync(join(file, ".."), { recursive: true });
    copyFileSync("/usr/bin/env", program);
  });

  after(() => rmSync(root, { recursive: true }));

  const problems = async () => {
    const found = await Promise.all(unit.pieces.map((piece) => piece.problem()));
    return found.filter((problem) => problem !== undefined).length;
  };

  it("reads as it should", () => {
    assertGolden(golden, bootUnitText(helperPlaces()));
  });

  it("is put in place and started with the machine, and both are taken back", async () => {
    assert.equal(await problems(), 2);
    for (const piece of unit.pieces) await piece.mend();
    assert.equal(await problems(), 0);
    const wanted = join(root, "etc/systemd/system/multi-user.target.wants/forkpoint-pools.service");
    assert.ok(isThere(wanted));

    assert.equal(await unit.remove(), true);

    assert.ok(!isThere(file));
    assert.ok(!isThere(wanted));
    assert.equal(await unit.remove(), false);
  });

  it("is understood by systemd", async () => {
    for (const piece of unit.pieces) await piece.mend();
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    assert.match(
      execFileSync("systemctl", ["--root", root, "is-enabled", "forkpoint-pools.service"], {
        encoding: "utf8",
      }),
      /^enabled/,
    );
  });
});
