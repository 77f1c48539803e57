import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SpillArgs } from "./rig/spillScript.ts";

const script = fileURLToPath(new URL("./rig/spillScript.ts", import.meta.url));
/** More than SQLite keeps in memory of a spill, and than the disk has. */
const files = 40_000;

describe("the disk of temporary files", function () {
  this.timeout(120_000);
  let root: string;
  let disk: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "forkpoint-temporary-"));
    disk = join(root, "disk");
    mkdirSync(disk);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** SQLite looks for it when it first needs it, so in a process of its own. */
  const run = () => {
    const args: SpillArgs = { cacheDirectory: join(root, "cache"), files };
    const env = { ...process.env, SQLITE_TMPDIR: disk };
    const child = spawnSync(process.execPath, [script, JSON.stringify(args)], { env, encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    return child.stdout.trim();
  };

  it("takes what of a tree has no room in memory", () => {
    assert.equal(run(), `all of ${files}`);
  });

  it("is said to be full when it is", () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    try {
      assert.equal(run(), "DISK_FULL");
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});
