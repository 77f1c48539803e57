import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPool } from "../../../../agent/projects/health/poolChecks.ts";
import type { Pool } from "../../../../agent/protocol/pool.ts";

const gib = 2 ** 30;
const well: Pool = {
  poolId: "p",
  path: "/my pool",
  image: null,
  state: "mounted",
  totalBytes: 20 * gib,
  freeBytes: 10 * gib,
  metadataUsedRatio: 0.2,
  deviceErrors: 0,
};

describe("what the doctor says of a pool", () => {
  const cases: [string, Partial<Pool>, RegExp, RegExp][] = [
    ["is gone", { state: "missing", image: "/p.img" }, /cannot be found/, /Bring back \/p\.img/],
    ["is not mounted", { state: "unmounted" }, /not mounted/, /Mount it/],
    ["refuses to write", { state: "read-only" }, /refuses to write/, /dmesg/],
    ["has errors of its disk", { deviceErrors: 3 }, /reported 3 errors/, /btrfs scrub/],
    [
      "is almost full",
      { freeBytes: gib / 2 },
      /almost full: 0\.5 GiB free/,
      /`forkpoint delete`, or forks\.$/,
    ],
    [
      "has no room for metadata",
      { metadataUsedRatio: 0.97 },
      /used 97 % of its room for metadata/,
      /^Run `sudo btrfs balance start -dusage=25 '\/my pool'`/,
    ],
  ];
  for (const [title, change, message, remedy] of cases) {
    it(`that it ${title}`, async () => {
      const [check] = await checkPool({ ...well, ...change });
      assert.ok(check && !check.ok);
      assert.equal(check.name, "pool /my pool");
      assert.match(check.message, message);
      assert.match(check.remedy ?? "", remedy);
    });
  }

  it("that it is well", async () => {
    assert.deepEqual(await checkPool(well), [
      { name: "pool /my pool", ok: true, message: "Mounted, 10.0 GiB free.", remedy: null },
    ]);
  });

  describe("in a file", () => {
    let folder: string;
    let image: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "image-"));
      image = join(folder, "pool.img");
      writeFileSync(image, "");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("that it can grow, when it is almost full", async () => {
      const [check] = await checkPool({ ...well, image, freeBytes: 0 });
      assert.match(check?.remedy ?? "", /let it grow with `forkpoint pool grow`/);
    });

    it("nothing about the disk below it, as long as that has room", async () => {
      const { bavail, bsize } = await statfs(folder);
      const freeBytes = Math.min(bavail * bsize, 10 * gib);
      assert.equal((await checkPool({ ...well, image, freeBytes })).length, 1);
    });
  });

  it("that the disk below it has less left than the pool counts on", async () => {
    // What lies in /proc has no room at all.
    const checks = await checkPool({ ...well, image: "/proc/version" });
    assert.deepEqual(
      checks.map(({ name, ok }) => [name, ok]),
      [
        ["pool /my pool", true],
        ["disk below /my pool", false],
      ],
    );
    assert.match(checks[1]?.remedy ?? "", /^Free space on that disk/);
  });
});
