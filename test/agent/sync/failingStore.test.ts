import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { type InterceptedStore, unreachable } from "./rig/interceptedStore.ts";
import type { Machine } from "./rig/machine.ts";
import { openOneMachine, type OneMachine } from "./rig/oneMachine.ts";

const mib = 1024 * 1024;

describe("a store that fails while it is written to", function () {
  this.timeout(60_000);
  let opened: OneMachine;
  let store: InterceptedStore;
  let clock: ManualClock;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    clock = new ManualClock();
    opened = openOneMachine(clock);
    ({ store } = opened);
    machine = opened.open();
    await machine.sync.setStore({ url: "memory:" }, unattended);
    project = await machine.makeProject("site");
  });
  afterEach(async () => {
    store.before = () => undefined;
    await machine.close();
    opened.close();
  });
  const snapshot = async (text: string | Buffer) => {
    writeFileSync(join(project.path, "file"), text);
    return machine.snapshot(project);
  };
  const status = () => machine.sync.status(project.projectId);
  const idle = async () => {
    while (status().uploading || (machine.sync.hasWork() && clock.waiting() === 0)) await turn();
  };
  /** Fails every operation from the `nth` write on (from 0). */
  const failAfterPuts = (nth: number, failure = unreachable) => {
    let puts = 0;
    store.before = (operation) => {
      if (operation === "put") puts++;
      if (puts > nth) throw failure();
    };
  };

  it("keeps the entry local wherever it is cut, and goes on by itself", async () => {
    for (let cut = 0; ; cut++) {
      const entry = await snapshot(randomBytes(14 * mib));
      failAfterPuts(cut);
      machine.sync.wake(project.projectId);
      await idle();
      if (machine.durability(entry) === "durable") {
        assert.ok(cut >= 5, `a push that took ${cut} writes`);
        break;
      }
      assert.equal(machine.durability(entry), "local");
      assert.equal(status().pushError?.code, "STORE_UNREACHABLE");
      assert.equal(machine.sync.showStore()?.state, "unreachable");
      assert.equal(machine.sync.hasWork(), true);
      store.before = () => undefined;
      clock.pass(clock.untilNext() ?? 0);
      await idle();
      assert.equal(machine.durability(entry), "durable");
      assert.deepEqual([status().pushError, status().pending], [null, 0]);
      assert.equal(machine.sync.showStore()?.state, "ok");
      const pulled = await machine.pull("site");
      assert.equal(treeFingerprint(pulled), treeFingerprint(machine.pathOf(entry)));
    }
  });

  it("waits longer after each failure, five minutes at most", async () => {
    await snapshot("one");
    failAfterPuts(-1);
    machine.sync.wake(project.projectId);
    const waits: number[] = [];
    for (let round = 0; round < 10; round++) {
      await idle();
      const wait = clock.untilNext() ?? 0;
      waits.push(wait / 1000);
      clock.pass(wait);
    }
    assert.deepEqual(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it("tries at once when there is a new snapshot, and when the store was checked", async () => {
    const first = await snapshot("one");
    failAfterPuts(-1);
    machine.sync.wake(project.projectId);
    await idle();
    store.before = () => undefined;
    const second = await snapshot("two");
    machine.sync.wake(project.projectId);
    await idle();
    assert.deepEqual([machine.durability(first), machine.durability(second)], ["durable", "durable"]);
    failAfterPuts(-1);
    const third = await snapshot("three");
    machine.sync.wake(project.projectId);
    await idle();
    store.before = () => undefined;
    assert.equal((await machine.sync.checkStore(unattended)).state, "ok");
    await idle();
    assert.equal(machine.durability(third), "durable");
  });

  for (const [code, state] of [
    ["STORE_DENIED", "denied"],
    ["STORE_BUCKET_MISSING", "missing"],
    ["STORE_READ_ONLY", "read-only"],
    ["STORE_FULL", "ok"],
  ] as const) {
    it(`says ${code} to whoever waits, and in the status`, async () => {
      const entry = await snapshot("one");
      failAfterPuts(0, () => new ForkpointError(code, "No."));
      await assert.rejects(machine.push(project), { code });
      assert.equal(status().pushError?.code, code);
      assert.equal(machine.sync.showStore()?.state, state);
      assert.equal(machine.durability(entry), "local");
    });
  }

  it("pushes the entries it can when one of them cannot be read", async () => {
    const first = await snapshot("one");
    const second = await snapshot("two");
    const third = await snapshot("three");
    const aside = `${machine.pathOf(second)}-aside`;
    await machine.btrfs.snapshot(machine.pathOf(second), aside, { readOnly: true });
    await machine.btrfs.deleteSubvolume(machine.pathOf(second));
    await assert.rejects(machine.push(project), { code: "VOLUME_MISSING" });
    const durabilities = () => [first, second, third].map((entry) => machine.durability(entry));
    assert.deepEqual(durabilities(), ["durable", "local", "durable"]);
    const head = machine.row(project).remoteHead;
    assert.equal(head, machine.entry(project.projectId, third.snapshotId).manifestDigest);
    // Stored late, it must not become the newest.
    await machine.btrfs.snapshot(aside, machine.pathOf(second), { readOnly: true });
    await machine.push(project);
    assert.deepEqual(durabilities(), ["durable", "durable", "durable"]);
    assert.equal((await machine.sync.remote.find("site", undefined, unattended)).manifestDigest, head);
    const pulled = await machine.pull("site", second.snapshotId);
    assert.equal(treeFingerprint(pulled), treeFingerprint(aside));
  });

  describe("stopped in the middle", () => {
    const events = new EventEmitter();
    let letGo: () => void;
    /** Holds the first write up until it is let go or the upload is cancelled. */
    const holdWrites = () => {
      const gate = new Promise<void>((resolve) => (letGo = resolve));
      store.before = async (operation) => {
        if (operation !== "put") return;
        events.emit("writing");
        await gate;
      };
    };
    const writing = async () => {
      const begun = once(events, "writing");
      machine.sync.wake(project.projectId);
      await begun;
    };

    it("gives up the upload of a snapshot that is to be deleted, and pushes the others", async () => {
      const first = await snapshot("one");
      const second = await snapshot("two");
      holdWrites();
      await writing();
      assert.equal(machine.durability(first), "uploading");
      const stopped = machine.sync.stopUploads(project.projectId, first.snapshotId);
      letGo();
      await stopped;
      assert.equal(machine.durability(first), "local");
      await machine.btrfs.deleteSubvolume(machine.pathOf(first));
      machine.entries.bury(project.projectId, first.snapshotId, 1);
      machine.sync.wake(project.projectId);
      await idle();
      assert.deepEqual([machine.durability(second), status().pushError], ["durable", null]);
    });

    it("lets go of a base that is to be deleted", async () => {
      const first = await snapshot("one");
      await machine.push(project);
      const second = await snapshot("two");
      holdWrites();
      await writing();
      const deleted = machine.deleteEntry(first);
      letGo();
      await deleted;
      machine.sync.wake(project.projectId);
      await idle();
      assert.equal(machine.durability(second), "durable");
      const pulled = await machine.pull("site");
      assert.equal(treeFingerprint(pulled), treeFingerprint(machine.pathOf(second)));
    });

    it("stops every upload of a project that is to be deleted", async () => {
      const entry = await snapshot("one");
      holdWrites();
      await writing();
      const stopped = machine.sync.stopUploads(project.projectId);
      letGo();
      await stopped;
      assert.deepEqual([machine.durability(entry), machine.sync.hasWork()], ["local", false]);
    });

    it("cancels when the agent ends; the next one goes on", async () => {
      const entry = await snapshot("one");
      holdWrites();
      await writing();
      const closed = machine.close();
      letGo();
      await closed;
      store.before = () => undefined;
      machine = opened.open({ starts: false });
      assert.equal(machine.durability(entry), "local");
      assert.equal(machine.sync.hasWork(), false);
      machine.sync.start();
      await idle();
      assert.equal(machine.durability(entry), "durable");
    });

    it("goes on in the background when whoever waited leaves", async () => {
      const entry = await snapshot("one");
      holdWrites();
      const leaving = new AbortController();
      const begun = once(events, "writing");
      const waiting = machine.sync.push(
        machine.row(project),
        { wait: true },
        { signal: leaving.signal, report: () => undefined },
      );
      await begun;
      leaving.abort();
      await assert.rejects(waiting, { code: "CANCELLED" });
      letGo();
      await idle();
      assert.equal(machine.durability(entry), "durable");
    });

    it("announces each step after it is in the catalog", async () => {
      const entry = await snapshot("one");
      holdWrites();
      machine.announced.length = 0;
      await writing();
      assert.equal(status().uploading, true);
      const told = `changed/timeline ${JSON.stringify({ projectId: project.projectId })}`;
      assert.deepEqual(machine.announced, [told]);
      letGo();
      await idle();
      assert.deepEqual(machine.announced, [told, told]);
      assert.deepEqual(
        [machine.durability(entry), status().lastPushAt, status().uploading],
        ["durable", clock.now(), false],
      );
    });
  });
});
