import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { newId } from "../../../agent/host/ids.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { storeAccess } from "../../../agent/storeAccess.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { repositoryKinds, sealingOf, type RepositoryKind } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { runScript } from "../projects/rig/killed.ts";
import { Machine, makeHomes } from "./rig/machine.ts";
import { blobsStoredTwice } from "./rig/storedTwice.ts";
import type { ScriptArgs } from "./rig/syncScript.ts";

const mib = 1024 * 1024;
const script = new URL("./rig/syncScript.ts", import.meta.url).href;

for (const kind of repositoryKinds) {
  describe(`a machine that is killed, ${kind.name}`, function () {
    kills.call(this, kind);
  });
}

function kills(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(120_000);
  const access = storeAccess(systemClock);
  let homes: ReturnType<typeof makeHomes>;
  let pools: { here: LoopPool; there: LoopPool };
  let here: Machine;
  let project: ProjectRow;
  let first: EntryRow;
  let second: EntryRow;
  beforeEach(async () => {
    homes = makeHomes();
    pools = { here: openLoopPool(1024), there: openLoopPool(1024) };
    const url = `dir://${homes.path("store")}`;
    await access.setUp(url);
    for (const name of ["here", "there"] as const) {
      const machine = open(name);
      await machine.sync.setStore({ url, ...kind.choice }, unattended);
      await machine.close();
    }
    here = open("here");
    here.sync.start();
    project = await here.makeProject("site");
    writeFileSync(join(project.path, "small"), "one");
    first = await here.snapshot(project);
    await here.push(project);
    // Enough for several packs.
    writeFileSync(join(project.path, "large"), randomBytes(26 * mib));
    for (let at = 0; at < 50; at++) writeFileSync(join(project.path, `f${at}`), randomBytes(10));
    second = await here.snapshot(project);
    await here.close();
  });
  afterEach(() => {
    pools.here.close();
    pools.there.close();
    homes.close();
  });

  const place = (name: "here" | "there") => ({ home: homes.path(name), pool: pools[name].path });
  const open = (name: "here" | "there") => new Machine(place(name), { access });
  /** How the process ended: SIGKILL, or exit 0 when it got past every point to die at. */
  const run = (args: ScriptArgs) => runScript(script, args);
  const pushUntil = (at: ScriptArgs["at"]) => run({ place: place("here"), at, push: project.projectId });
  const print = (entry: EntryRow) => treeFingerprint(here.pathOf(entry));
  /** What another machine gets from the store. */
  const pulledElsewhere = async () => {
    const there = open("there");
    try {
      const { manifest } = await there.sync.remote.find("site", undefined, unattended);
      const path = await there.pull("site");
      const found = treeFingerprint(path);
      await there.btrfs.deleteSubvolume(path);
      return { snapshotId: manifest.snapshotId, found };
    } finally {
      await there.close();
    }
  };
  /** The store holds the first or the second snapshot, whole; the next push ends what was begun. */
  const assertRecovers = async (): Promise<{ arrived: boolean }> => {
    const { snapshotId, found } = await pulledElsewhere();
    const arrived = snapshotId === second.snapshotId;
    assert.equal(found, print(arrived ? second : first));
    const machine = open("here");
    try {
      const durability = machine.durability(second);
      if (durability === "durable") assert.ok(arrived, "it is not as safe as it says");
      machine.sync.start();
      await machine.push(project);
      assert.equal(machine.durability(second), "durable");
    } finally {
      await machine.close();
    }
    assert.deepEqual(await pulledElsewhere(), { snapshotId: second.snapshotId, found: print(second) });
    return { arrived };
  };

  for (const [crashPoint, arrives] of [
    ["push:packs-written", false],
    ["push:index-written", false],
    ["push:manifest-written", false],
    ["push:settled", false],
    ["push:ref-written", true],
    ["push:entry-durable", true],
  ] as const) {
    it(`at ${crashPoint} has ${arrives ? "the new" : "the old"} snapshot in the store, whole`, async () => {
      assert.equal(await pushUntil({ crashPoint }), "SIGKILL");
      assert.equal((await assertRecovers()).arrived, arrives);
    });
  }

  describe("when it had sent packs that no index names yet", () => {
    const storeFolder = () => homes.path("store");
    const packs = () =>
      new Set(readdirSync(join(storeFolder(), "packs"), { recursive: true, encoding: "utf8" }));
    const sentTwice = async () => {
      const store = access.openStore(`dir://${storeFolder()}`);
      return blobsStoredTwice(store, await sealingOf(kind, store));
    };

    it("names them with the next push, and sends nothing", async () => {
      const before = packs();
      assert.equal(await pushUntil({ crashPoint: "push:packs-written" }), "SIGKILL");
      const sent = packs();
      assert.ok(sent.size >= before.size + 2, `${sent.size - before.size} packs were sent`);
      await assertRecovers();
      assert.deepEqual(packs(), sent);
      assert.deepEqual(await sentTwice(), []);
    });

    it("names them also when it is killed again and again on the way", async () => {
      assert.equal(await pushUntil({ crashPoint: "push:packs-written" }), "SIGKILL");
      const sent = packs();
      for (const crashPoint of ["push:packs-written", "push:index-written", "push:manifest-written"]) {
        assert.equal(await pushUntil({ crashPoint }), "SIGKILL");
        assert.deepEqual(packs(), sent, crashPoint);
      }
      await assertRecovers();
      assert.deepEqual(packs(), sent);
    });
  });

  it("before any write to the store has the old snapshot there, whole", async () => {
    let nth = 1;
    for (; ; nth++) {
      const ended = await pushUntil({ before: "put", nth });
      if (ended !== "SIGKILL") {
        assert.equal(ended, "exit 0: ");
        break;
      }
      const { snapshotId, found } = await pulledElsewhere();
      assert.deepEqual([snapshotId, found], [first.snapshotId, print(first)], `write ${nth}`);
      const machine = open("here");
      assert.equal(machine.durability(second), "local");
      await machine.close();
    }
    assert.ok(nth > 3, `the push took ${nth} writes`);
    await assertRecovers();
  });

  describe("while it pulls", () => {
    let request: () => ScriptArgs["pull"];
    let destination: string;
    beforeEach(async () => {
      const machine = open("here");
      machine.sync.start();
      await machine.push(project);
      const manifestDigest = machine.entry(project.projectId, second.snapshotId).manifestDigest ?? "";
      await machine.close();
      destination = join(pools.there.path, "pulled");
      request = () => {
        const staging = join(pools.there.path, ".forkpoint/staging", newId());
        mkdirSync(staging, { recursive: true });
        return { projectId: project.projectId, manifestDigest, staging, destination };
      };
    });
    const pullUntil = (at: ScriptArgs["at"], pull = request()) =>
      run({ place: place("there"), at, ...(pull ? { pull } : {}) });
    const assertPullsAgain = async () => {
      const there = open("there");
      const pull = request();
      assert.ok(pull);
      await there.sync.pull(pull, unattended);
      assert.equal(treeFingerprint(destination), print(second));
      await there.close();
    };

    it("at pull:received has made nothing, and pulls again", async () => {
      assert.equal(await pullUntil({ crashPoint: "pull:received" }), "SIGKILL");
      assert.equal(existsSync(destination), false);
      await assertPullsAgain();
    });

    it("at pull:snapshot-made has made all of it", async () => {
      assert.equal(await pullUntil({ crashPoint: "pull:snapshot-made" }), "SIGKILL");
      assert.equal(treeFingerprint(destination), print(second));
    });

    it("before any read has made nothing, and pulls again", async () => {
      let nth = 1;
      const halfWritten = new Set<number>();
      for (; ; nth++) {
        const pull = request();
        // What was read before is kept; a machine that knows nothing reads all there is.
        const ended = await pullUntil({ before: "get", nth }, pull);
        if (ended !== "SIGKILL") {
          assert.equal(ended, "exit 0: ");
          break;
        }
        assert.equal(existsSync(destination), false, `read ${nth}`);
        const file = statSync(join(pull?.staging ?? "", "received/large"), { throwIfNoEntry: false });
        if (file && file.size > 2 * mib && file.size < 26 * mib) halfWritten.add(nth);
      }
      assert.ok(nth > 3, `the pull took ${nth} reads`);
      assert.ok(halfWritten.size > 0, "some deaths are in the middle of the large file");
      assert.equal(treeFingerprint(destination), print(second));
    });
  });
}
