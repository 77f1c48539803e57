import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import type { Progress } from "../../../agent/protocol/events.ts";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { FolderCopy } from "../../../agent/volumes/folderCopy.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { processes } from "../../support/processes.ts";

describe("copying a folder", () => {
  let pool: LoopPool;
  let source: string;
  let made = 0;
  const btrfs = new Btrfs(processes);
  const folderCopy = new FolderCopy(processes);

  before(() => {
    pool = openLoopPool(512);
    source = mkdtempSync(join(tmpdir(), "forkpoint-source-"));
    everyKindOfEntry(source);
  });
  after(() => {
    rmSync(source, { recursive: true });
    pool.close();
  });

  async function copied(): Promise<string> {
    const destination = join(pool.path, `copy-${++made}`);
    await btrfs.createSubvolume(destination);
    await folderCopy.copy({ source, destination }, unattended);
    return destination;
  }
  const prove = (copy: string) => folderCopy.proveEqual({ source, copy }, unattended);

  it("takes over every kind of entry", async function () {
    this.timeout(60_000);
    const copy = await copied();
    assert.equal(treeFingerprint(copy), treeFingerprint(source));
    await prove(copy);
  });

  const tamperings: Record<string, string> = {
    "a byte":
      "printf X | dd of=random bs=1 seek=200000 conv=notrunc status=none; touch -r ../copy-1/random random",
    "a length": "truncate -s +1 zeros; touch -r ../copy-1/zeros zeros",
    "a nanosecond": "touch -d @1234567890.123456788 plain",
    "a mode": "chmod 6754 setuid",
    "an owner": "chown -h 99:99 link",
    "an attribute's value": "setfattr -n user.binary -v 0x00ff0a5d attributes",
    "an attribute that is missing": "setfattr -x user.empty attributes",
    "an attribute that came with it": "setfattr -h -n trusted.more -v 1 dangling",
    "an ACL": "setfacl -m u:7:r acl",
    "a default ACL": "setfacl -k acl-folder",
    "a capability": "setfattr -x security.capability plain",
    "a name": "mv -- -dash -Dash; touch -r ../copy-1 .",
    "an entry that is missing": "rm empty; touch -r ../copy-1 .",
    "a hard link that is a copy": "rm three; cp -a linked/one three; touch -r ../copy-1 .",
    "a target":
      "ln -sfn plain2 link; chown -h 99:98 link; setfattr -h -n trusted.onlink -v l link; touch -h -d @1.000000001 link; touch -r ../copy-1 .",
    "a device": "rm block; mknod block b 7 98; touch -r ../copy-1/block block; touch -r ../copy-1 .",
    "a file in a folder's place":
      "rmdir sticky; touch sticky; chmod 1777 sticky; touch -r ../copy-1/sticky sticky; touch -r ../copy-1 .",
  };
  for (const [what, script] of Object.entries(tamperings)) {
    it(`does not prove a copy that differs by ${what}`, async function () {
      this.timeout(60_000);
      const first = join(pool.path, "copy-1");
      const copy = join(pool.path, `tampered-${++made}`);
      await btrfs.snapshot(first, copy, { readOnly: false });
      await prove(copy);
      execFileSync("bash", ["-ec", script], { cwd: copy });
      await assert.rejects(prove(copy), { code: "COPY_MISMATCH" });
      await btrfs.deleteSubvolume(copy);
    });
  }

  it("tells how far it is, and stops when it is cancelled", async () => {
    const many = mkdtempSync(join(tmpdir(), "forkpoint-many-"));
    try {
      for (let at = 0; at < 1000; at++) writeFileSync(join(many, String(at)), "x");
      const destination = join(pool.path, `copy-${++made}`);
      await btrfs.createSubvolume(destination);
      const seen: Progress[] = [];
      await folderCopy.copy(
        { source: many, destination },
        { ...unattended, report: (progress) => seen.push(progress) },
      );
      assert.deepEqual([seen[0]?.done, seen.at(-1)?.done, seen.at(-1)?.total], [0, 1000, 1000]);
      assert.ok(seen.length > 3);
      const abort = new AbortController();
      const other = join(pool.path, `copy-${++made}`);
      await btrfs.createSubvolume(other);
      const stopping = folderCopy.copy(
        { source: many, destination: other },
        { signal: abort.signal, report: () => abort.abort() },
      );
      await assert.rejects(stopping, { code: "CANCELLED" });
    } finally {
      rmSync(many, { recursive: true });
    }
  });

  it("says when the pool is full", async function () {
    this.timeout(60_000);
    const small = openLoopPool(128);
    const big = mkdtempSync(join(tmpdir(), "forkpoint-big-"));
    try {
      execFileSync("bash", ["-ec", "head -c 200M /dev/urandom > big"], { cwd: big });
      const destination = join(small.path, "copy");
      mkdirSync(destination);
      await assert.rejects(folderCopy.copy({ source: big, destination }, unattended), { code: "POOL_FULL" });
    } finally {
      rmSync(big, { recursive: true });
      small.close();
    }
  });
});
