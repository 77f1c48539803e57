import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { unattended } from "../../../../agent/host/longCall.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { Btrfs } from "../../../../agent/volumes/btrfs.ts";
import { compareSnapshots, type PathChange } from "../../../../agent/volumes/comparison/compareSnapshots.ts";
import { hasChanges } from "../../../../agent/volumes/comparison/hasChanges.ts";
import { readSendStream } from "../../../../agent/volumes/sendStream/reader.ts";
import { NoPrivileges } from "../../../../agent/volumes/privileged/noPrivileges.ts";
import type { Privileged } from "../../../../agent/volumes/privileged/privileged.ts";
import { RootPrivileged } from "../../../../agent/volumes/privileged/rootPrivileged.ts";
import { everyKindOfEntry } from "../../../support/everyKindOfEntry.ts";
import { openLoopPool, type LoopPool } from "../../../support/loopPool.ts";
import { randomEdits } from "../../../support/randomEdits.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { processes } from "../../../support/processes.ts";

const start = `
  mkdir -p a/b/c d/e f; echo 1 > one; echo 2 > two; echo 3 > a/three; echo 4 > a/b/c/four; echo 5 > d/e/five
  ln one a/one-too; ln -s one link; truncate -s 5M sparse; printf x | dd of=sparse bs=1 seek=3000000 conv=notrunc status=none
  head -c 300000 /dev/urandom > large; mkfifo pipe
`;
const long = "n".repeat(255);
/** What may happen between two snapshots of `start`, as a script. */
const changes = {
  "names that are exchanged": "mv one t; mv two one; mv t two",
  "folders that are exchanged": "mv a t; mv d a; mv t d",
  "folders that take each other's places in a circle": "mv a t; mv d a; mv f d; mv t f; mv f/b f/c",
  "a folder that moves into what it held": "mv a/b b; mv a b/a",
  "a file that becomes a folder": "rm one; mkdir one; echo in > one/in",
  "a folder that becomes a file": "rm -r a; echo file > a",
  "a folder moved into a new folder": "mkdir -p new/deep; mv a/b new/deep/b",
  "a folder moved out of one that goes": "mv a/b b; rm -r a",
  "hard links that come and go in several folders":
    "ln one d/first; ln one d/e/second; rm a/one-too; ln -P link d/link",
  "a file whose every name changes": "mv one d/one; mv a/one-too f/too",
  "names that are no text": "touch $'\\xff\\xfe' $'line\\nfeed' 'back\\slash' -- -dash; mv two $'d/\\xc3'",
  "names as long as they may be": `mkdir ${long}; echo x > ${long}/${long}; mv two d/${long}`,
  "names like those that moving things wait under":
    "mv one o-257; mkdir o-258; mv two o-258/o-258; mv a o-259; mv d a",
  "sparse files that are written, cut and grown":
    "printf y | dd of=sparse bs=1 seek=100 conv=notrunc status=none; truncate -s 2M large; truncate -s 9M new; cp --sparse=always sparse again",
  "a file that shrinks": "truncate -s 1000 large; truncate -s 0 two",
  "content that changes behind an old time":
    "touch -r large t; printf z | dd of=large bs=1 seek=7 conv=notrunc status=none; touch -r t large; rm t",
  "attributes, modes, owners and times":
    "setfattr -n user.k -v v one; chmod 4755 two; chown 5:6 a; touch -h -d @1.000000001 link; touch -d @-3.25 large; setfacl -m u:7:rx a/b; chmod 700 .",
  "attributes that go": "setfattr -n user.k -v v large; setfattr -x user.k large; setfacl -b a",
  "a pipe that becomes a device, a link that points elsewhere": "rm pipe; mknod pipe c 1 3; ln -sfn two link",
  "a nested subvolume": "btrfs -q subvolume create d/nested; echo x > d/nested/x; mv f d/f",
  "everything gone": "rm -r ./*",
} as const;

describe("the stream found by walking", function () {
  this.timeout(120_000);
  const btrfs = new Btrfs(processes);
  const kernel = new RootPrivileged(processes);
  const walking = new NoPrivileges(processes, silentLog);
  const { signal } = unattended;
  let pool: LoopPool;
  let live: string;
  let taken = 0;

  before(() => {
    pool = openLoopPool();
  });
  after(() => {
    pool.close();
  });
  beforeEach(async () => {
    live = join(pool.path, `live-${++taken}`);
    await btrfs.createSubvolume(live);
  });

  async function snapshot(): Promise<string> {
    const path = join(pool.path, `snapshot-${++taken}`);
    await btrfs.snapshot(live, path, { readOnly: true });
    return path;
  }
  function shell(script: string): void {
    execFileSync("bash", ["-ec", script], { cwd: live });
  }
  async function changesBy(privileged: Privileged, from: string, to: string): Promise<string[]> {
    const found = await compareSnapshots(privileged, { from, to }, unattended);
    assert.equal(await hasChanges(privileged, { from, to }, signal), found.length > 0);
    return described(found, from, to);
  }
  /** Compares both ways, and rebuilds the newer from the full stream of either kind. */
  async function check(from: string, to: string): Promise<void> {
    assert.deepEqual(await changesBy(walking, from, to), await changesBy(kernel, from, to));
    assert.deepEqual(await changesBy(walking, to, from), await changesBy(kernel, to, from));
    await checkFull(to);
  }
  async function checkFull(of: string): Promise<void> {
    const folder = join(pool.path, `received-${++taken}`);
    execFileSync("mkdir", [folder]);
    await kernel.receive(folder, readSendStream(walking.send(of, {}, signal)), signal);
    const received = join(folder, of.slice(pool.path.length + 1));
    assert.equal(fingerprint(received), fingerprint(of));
    await btrfs.deleteSubvolume(received);
    await walking.receive(folder, readSendStream(kernel.send(of, {}, signal)), signal);
    assert.equal(fingerprint(received), fingerprint(of));
    await btrfs.deleteSubvolume(received);
  }

  for (const [what, script] of Object.entries(changes)) {
    it(`says the same as that of btrfs about ${what}`, async () => {
      shell(start);
      const from = await snapshot();
      shell(script);
      await check(from, await snapshot());
    });
  }

  for (const seed of [1, 2, 3, 4]) {
    it(`says the same as that of btrfs about random edits (seed ${seed})`, async () => {
      everyKindOfEntry(live);
      let before = await snapshot();
      for (let round = 0; round < 3; round++) {
        randomEdits(live, 40, seed * 1000 + round);
        const after = await snapshot();
        await check(before, after);
        before = after;
      }
    });
  }
});

/** Without the empty folder in the place of a subvolume, which btrfs does not send. */
function fingerprint(root: string): string {
  const lines = treeFingerprint(root).split("\n");
  return lines.filter((line) => !line.startsWith("./d/nested|")).join("\n");
}

/**
 * Changes as lines of text. Of a file with several names only the first is named, once, and not how: btrfs itself
 * names an arbitrary one, and which old name became which new one is nobody's to say.
 */
function described(changes: readonly PathChange[], from: string, to: string): string[] {
  const [older, newer] = [firstNames(from), firstNames(to)];
  const lines = changes.map(({ path, kind, from: origin, type, size }) => {
    const { first, several } = named(kind === "removed" ? older : newer, path);
    const before = origin ? named(older, origin) : null;
    if (several || before?.several) return `differs ${first}`;
    return [kind, first, before?.first ?? "", type, size].join(" ");
  });
  return [...new Set(lines)].sort();
}

type Names = ReadonlyMap<string, { readonly first: string; several: boolean }>;

function named(names: Names, path: Buffer): { readonly first: string; readonly several: boolean } {
  const found = names.get(path.toString("latin1"));
  assert.ok(found);
  return found;
}

/** For each path of a tree the first of all names that its inode has. */
function firstNames(root: string): Names {
  const list = execFileSync("find", [".", "-printf", "%i %P\\0"], { cwd: root, encoding: "latin1" });
  const byInode = new Map<string, { first: string; several: boolean }>();
  const names = new Map<string, { first: string; several: boolean }>();
  for (const record of list.split("\0").filter(Boolean).sort()) {
    const at = record.indexOf(" ");
    const name = record.slice(at + 1);
    const known = byInode.get(record.slice(0, at));
    if (known) known.several = true;
    const of = known ?? { first: name, several: false };
    byInode.set(record.slice(0, at), of);
    names.set(name, of);
  }
  return names;
}
