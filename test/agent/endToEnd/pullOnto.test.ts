import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import { Machine } from "../../support/machine.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

/** Folders and files that their owner has closed to writing are among what changes. */
const install = `mkdir -p modules/{one,two}/{src,lib} data; for f in modules/{one,two}/{src,lib}/{a,b,c}; do head -c 9000 /dev/urandom > $f; done
  echo text > modules/readme; head -c 3000000 /dev/urandom > data/large; chmod -R a-w modules
  touch -d @1234567890.123456789 modules modules/one`;
const upgrade = `chmod -R u+w modules; for f in modules/*/src/*; do echo changed >> $f; done; rm -r modules/two/lib modules/one/lib/a
  mv modules/one/src modules/two/moved; mkdir modules/three; echo new > modules/three/new; ln modules/readme modules/two/twin
  printf x | dd of=data/large bs=1 seek=1500000 conv=notrunc status=none; setfattr -n user.k -v v data/large
  mkfifo data/fifo; ln -s large data/link; mkdir shared; chmod 2770 shared; touch shared/file; chmod -R a-w modules`;

const madeOnto = "a snapshot was made out of one that is here";

describe("a pull where another snapshot of the project is on the disk", function () {
  this.timeout(120_000);
  let here: Machine;
  let there: Machine;
  let project: Project & { snapshotId: string };
  let second: Entry;
  let prints: { first: string; second: string };
  before(async () => {
    [here, there] = await Promise.all([Machine.withPool(512), Machine.withPool(512)]);
    const url = `dir://${here.makeFolder("store")}`;
    await here.json("store", "set", url);
    await there.json("store", "set", url);
    const source = here.makeFolder("shop");
    execFileSync("bash", ["-ec", install], { cwd: source });
    project = await here.import(source);
    const first = treeFingerprint(project.path);
    await here.json("push", "shop", "--wait");
    execFileSync("bash", ["-ec", upgrade], { cwd: project.path });
    prints = { first, second: treeFingerprint(project.path) };
    second = await here.json<Entry>("snapshot", "shop");
    await here.json("push", "shop", "--wait");
  });
  after(async () => {
    await here.end();
    await there.end();
  });
  const timesOnto = (machine: Machine) => machine.log().split(madeOnto).length - 1;

  it("brings back a snapshot that was deleted here, out of the one before", async () => {
    const client = await here.connect();
    await client.call("snapshot/delete", {
      project: project.projectId,
      snapshotIds: [second.snapshotId],
      forGood: true,
    });
    const pulled = await here.json<Project>("pull", "shop", second.snapshotId, "--slug", "again");
    assert.equal(treeFingerprint(pulled.path), prints.second);
    assert.equal(timesOnto(here), 1);
  });

  it("makes the newer out of the older one on another machine, and the older out of the newer", async () => {
    const older = await there.json<Project>("pull", "shop", project.snapshotId);
    assert.equal(treeFingerprint(older.path), prints.first);
    assert.equal(timesOnto(there), 0);
    const newer = await there.json<Project>("pull", "shop", "--slug", "newer");
    assert.equal(treeFingerprint(newer.path), prints.second);
    assert.equal(timesOnto(there), 1);
    await there.json("push", "newer", "--wait");
    const oldest = await there.json<Project>("pull", "shop", project.snapshotId, "--slug", "oldest");
    assert.equal(treeFingerprint(oldest.path), prints.first);
    assert.equal(timesOnto(there), 2);
  });
});
