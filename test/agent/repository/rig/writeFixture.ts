/**
 * Writes the repositories that later versions must be able to read, into a folder that is not there yet:
 *
 *     sudo node test/agent/repository/rig/writeFixture.ts test/agent/repository/fixtures/VERSION
 *
 * To be run once for each version that is released. What was written is never changed. The files in the snapshots
 * are always the same; ids, salts and times of writing are not.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EntryRow } from "../../../../agent/catalog/entryRow.ts";
import { neverCrash } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import {
  appendSegment,
  encodeList,
  type ListRef,
  type Segment,
} from "../../../../agent/repository/contentFormat.ts";
import { rootAttributes, type Manifest } from "../../../../agent/repository/manifest.ts";
import type { PackWriter } from "../../../../agent/repository/packWriter.ts";
import { Repository } from "../../../../agent/repository/repository.ts";
import { encodeTree, treeTotals, type TreeEntry } from "../../../../agent/repository/treeFormat.ts";
import { storeSnapshot } from "../../../../agent/sync/push/storeSnapshot.ts";
import { openLoopPool } from "../../../support/loopPool.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind } from "../../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "../../sync/rig/machine.ts";
import { fixturePassphrase, type ExpectedFixture, type ExpectedSnapshot } from "./fixture.ts";

const { signal } = new AbortController();

/** One of everything a snapshot can hold. */
const fill = `
  echo plain > plain; : > empty; mkdir -p folder/deeper empty-folder; seq 1 2000 > folder/numbers
  printf 'two\\nlines\\n' > folder/deeper/file
  truncate -s 3M holes; printf middle | dd of=holes bs=1 seek=1500000 conv=notrunc status=none; truncate -s 100000 only-hole
  yes 0123456789abcde | head -c 2500000 > large
  ln plain folder/twin; ln plain other-twin; ln -s plain link; ln -s nowhere dangling
  mkfifo fifo; mknod character c 1 3; mknod block b 7 99
  printf a > "$(printf 'not\\xff\\xfeutf8')"; printf b > $'new\\nline'; printf c > ' spaces '; printf d > -dash; printf e > 'quotes"'"'"
  printf f > "$(printf 'n%.0s' {1..255})"; printf g > grüße
  printf x > attributes; setfattr -n user.text -v "some text" attributes; setfattr -n user.binary -v 0x00ff0a5c attributes
  setfattr -n user.empty attributes; setfattr -n user.folder -v yes folder; setfattr -n user.root -v yes .
  printf y > acl; setfacl -m u:7:rw,g:8:r acl; setfacl -d -m u:7:rwx folder/deeper
  printf z > setuid; chown 1234:4321 setuid; chmod 6755 setuid; chmod 1777 empty-folder; chmod 000 empty
  find . -depth -print0 | xargs -0 touch -h -d @1500000000.123456789
  touch -d @-5.5 only-hole; touch -d @4294967297.999999999 large`;

const change = `
  echo changed >> folder/numbers; rm folder/twin; ln folder/deeper/file folder/deeper/again; mv large renamed
  printf new | dd of=renamed bs=1 seek=1048570 conv=notrunc status=none; setfattr -x user.text attributes
  find . -depth -print0 | xargs -0 touch -h -d @1600000000.5`;

const forkChange = `echo forked > forked; rm -r folder; find . -depth -print0 | xargs -0 touch -h -d @1650000000.25`;

async function write(kind: RepositoryKind, folder: string): Promise<void> {
  const homes = makeHomes();
  const pool = openLoopPool(512);
  const store = new MemoryBlobStore();
  const access = onlyUrl(store.url, store);
  const machine = new Machine({ home: homes.path("here"), pool: pool.path }, { access });
  const run = (cwd: string, script: string) => execFileSync("bash", ["-ec", script], { cwd });
  try {
    machine.sync.start();
    await machine.sync.setStore({ url: store.url, ...kind.choice }, unattended);
    if (kind.mode.make === "encrypted") await machine.sync.keys.add(fixturePassphrase, "words", signal);
    const snapshots: ExpectedSnapshot[] = [];
    const expect = (slug: string, { projectId, snapshotId }: EntryRow) => {
      const entry = machine.entry(projectId, snapshotId);
      const { manifestDigest } = entry;
      if (manifestDigest === null) throw new Error(`${slug} was not pushed.`);
      snapshots.push({
        slug,
        projectId,
        snapshotId,
        manifestDigest,
        tree: treeFingerprint(machine.pathOf(entry)),
      });
    };
    const site = await machine.makeProject("site");
    run(site.path, fill);
    const first = await machine.snapshot(site, "the first");
    await machine.push(site);

    // What is collected leaves the record of it behind.
    run(site.path, "head -c 3000 /dev/zero | tr '\\\\0' q > passing");
    const passing = await machine.snapshot(site);
    await machine.push(site);
    run(site.path, `rm passing; ${change}`);
    const second = await machine.snapshot(site);
    await machine.push(site);
    await machine.deleteEntry(passing);
    const retention = { days: 0, last: 0 };
    for (let round = 0; round < 2; round++) {
      await machine.sync.care.gc({ dryRun: false, retention, graceHours: 0 }, unattended);
    }
    const fork = await machine.makeProject("fork", machine.entry(first.projectId, first.snapshotId));
    run(fork.path, forkChange);
    const forked = await machine.snapshot(fork);
    await machine.push(fork);

    expect("site", first);
    expect("site", second);
    expect("fork", forked);
    snapshots.push(await writeLists(kind, store, homes.path("lists"), machine));
    await machine.close();

    for (const [key, { bytes }] of store.objects) {
      const file = join(folder, "store", key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const expected: ExpectedFixture = { snapshots };
    writeFileSync(join(folder, "expected.json"), `${JSON.stringify(expected, null, 1)}\n`);
  } finally {
    pool.close();
    homes.close();
  }
}

/** A file of more runs than one list holds, cut in a way of its own. */
async function writeLists(
  kind: RepositoryKind,
  store: MemoryBlobStore,
  cacheDirectory: string,
  machine: Machine,
): Promise<ExpectedSnapshot> {
  const options = { store, cacheDirectory, conditionalWrites: true, clock: systemClock };
  const repository = await Repository.open(options, { ...kind.mode, make: null, signal });
  const [slug, projectId, snapshotId] = ["lists", "p0000000lists", "s0000000lists"];
  const attributes = {
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: { seconds: 1_500_000_000, nanoseconds: 7 },
    xattrs: [],
  };
  const build = async (packs: PackWriter): Promise<Manifest> => {
    const segments: Segment[] = [];
    for (let run = 0; run < 1300; run++) {
      const bytes = Buffer.from(`run ${run % 60}, `.repeat(1 + (run % 9)));
      appendSegment(segments, { length: bytes.length, chunk: await packs.add("chunk", bytes) });
      if (run % 4 === 0) appendSegment(segments, { length: 1 + run, chunk: null });
    }
    const lists: ListRef[] = [];
    for (let at = 0; at < segments.length; at += 1024) {
      const part = segments.slice(at, at + 1024);
      const length = part.reduce((sum, segment) => sum + segment.length, 0);
      lists.push({ length, list: await packs.add("list", encodeList(part)) });
    }
    const size = lists.reduce((sum, { length }) => sum + length, 0);
    const file: TreeEntry = {
      name: "many-runs",
      inode: { ...attributes, type: "file", content: { size, parts: { lists } } },
    };
    const tree = await packs.add("tree", encodeTree([file]));
    return {
      ...{
        format: 1,
        projectId,
        slug,
        snapshotId,
        parentSnapshotId: null,
        parentManifest: null,
        cause: "manual",
      },
      ...{ label: null, author: "ada", createdAt: "2026-01-02T03:04:05.678Z", forkedFrom: null },
      root: { tree, attributes: rootAttributes({ ...attributes, mode: 0o755 }) },
      links: null,
      counts: { ...treeTotals([file]), linkedBytes: 0 },
      nonce: "0123456789abcdef",
    };
  };
  try {
    const request = {
      projectId,
      slug,
      forkedFrom: null,
      machineId: "m1",
      knownHead: null,
      becomesHead: true,
      build,
    };
    const tools = { repository, crashPoint: neverCrash, now: () => 1_700_000_000_000 };
    const { manifestDigest } = await storeSnapshot(request, tools, signal);
    const path = await machine.pullManifest(projectId, manifestDigest);
    return { slug, projectId, snapshotId, manifestDigest, tree: treeFingerprint(path) };
  } finally {
    repository.close();
  }
}

const [target = ""] = process.argv.slice(2);
mkdirSync(target);
for (const kind of repositoryKinds) await write(kind, join(target, kind.mode.make));
