import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePasswd, readHomeFolders } from "../../../../agent/projects/import/homeFolders.ts";
import { parseMountTable, readMountTable } from "../../../../agent/volumes/mountTable.ts";
import { projectRoot, type Surroundings } from "../../../../agent/projects/import/refusedRoots.ts";

describe("the folder of a new project", () => {
  let base: string;
  let around: Surroundings;
  before(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "forkpoint-roots-")));
    for (const folder of [
      "home/alice/code/site",
      "home/bob",
      "agent/pools",
      "pool/.forkpoint/snapshots",
      "pool/projects/shop/src",
      "pool/elsewhere",
      "adopted/inner",
      "work/site",
      "mounts/data",
    ]) {
      mkdirSync(join(base, folder), { recursive: true });
    }
    writeFileSync(join(base, "file"), "");
    symlinkSync(join(base, "home/alice"), join(base, "link-to-home"));
    symlinkSync("loop", join(base, "loop"));
    symlinkSync(join(base, "work/site"), join(base, "link-to-site"));
    around = {
      agentHome: join(base, "agent"),
      homes: [
        { user: "alice", path: join(base, "home/alice") },
        { user: "bob", path: join(base, "home/bob") },
        ...(await readHomeFolders({ HOME: join(base, "work") })),
      ],
      mounts: [
        ...(await readMountTable()),
        { path: join(base, "mounts/data"), type: "ext4", source: "none", id: 0 },
      ],
      pools: [{ path: join(base, "pool") }],
      projects: [
        { slug: "shop", path: join(base, "pool/projects/shop") },
        { slug: "adopted", path: join(base, "adopted/inner") },
      ],
    };
  });
  after(() => {
    rmSync(base, { recursive: true });
  });

  const reasons: [path: string, reason: RegExp][] = [
    ["/", /root of the whole system/],
    ["/root", /home directory of root/],
    ["/home", /shared directory|holds the home/],
    ["/usr", /shared directory/],
    ["/usr/bin", /system directory/],
    ["/bin", /system directory/],
    ["/etc", /system directory/],
    ["/etc/ssl", /lies in the system directory \/etc/],
    ["/var", /shared directory/],
    ["/var/www", /shared directory|home directory|does not exist/],
    ["/tmp", /shared directory/],
    ["/proc", /system directory/],
    ["/proc/self/fd", /lies in the system directory \/proc/],
    ["/sys", /system directory/],
    ["/dev/shm", /lies in the system directory \/dev/],
    ["work", /home directory of the agent's user/],
    ["home/alice", /home directory of alice/],
    ["link-to-home", /home\/alice \(reached through .*link-to-home\) is the home directory of alice/],
    ["home", /holds the home directory of alice/],
    ["agent", /belongs to the agent itself/],
    ["agent/pools", /belongs to the agent itself/],
    ["", /holds the agent's own folder/],
    ["pool", /is a pool/],
    ["pool/.forkpoint/snapshots", /belongs to the pool/],
    ["pool/projects", /holds the projects/],
    ["pool/projects/shop/src", /lies inside the project shop/],
    ["adopted", /holds the project adopted/],
    ["mounts", /another file system mounted inside it, at .*mounts\/data/],
    ["file", /is not a folder/],
    ["missing", /does not exist/],
    ["file/below", /does not exist/],
    ["loop", /leads back to itself/],
    ["bad\0name", /NUL/],
  ];
  for (const [path, message] of reasons) {
    it(`is not ${JSON.stringify(path)}, with the reason`, async () => {
      const full = path.startsWith("/") ? path : join(base, path);
      await assert.rejects(projectRoot(full, around), { code: "REFUSED_ROOT", message });
    });
  }

  it("is not the folder of a project", async () => {
    await assert.rejects(projectRoot(join(base, "adopted/inner"), around), { code: "PROJECT_EXISTS" });
  });

  it("may lie in a home directory, in a pool beside the projects, and behind a link", async () => {
    for (const path of ["home/alice/code/site", "pool/elsewhere", "work/site"]) {
      assert.equal(await projectRoot(join(base, path), around), join(base, path));
    }
    assert.equal(await projectRoot(join(base, "link-to-site"), around), join(base, "work/site"));
  });

  it("reads mount points with blanks in their names", () => {
    const line =
      "36 35 98:0 /mnt1 /mnt/my\\040disk\\134x rw,noatime master:1 - btrfs /dev/root rw,errors=continue";
    assert.deepEqual(parseMountTable(`${line}\n`), [
      { id: 36, path: "/mnt/my disk\\x", type: "btrfs", source: "/dev/root" },
    ]);
    assert.throws(() => parseMountTable("nonsense\n"));
  });

  it("reads home directories and passes over lines without one", () => {
    assert.deepEqual(parsePasswd("alice:x:1:1:A,B:/home/alice:/bin/sh\nodd:x\n\n"), [
      { user: "alice", path: "/home/alice" },
    ]);
  });
});
