import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { type LongCall, unattended } from "../../../agent/host/longCall.ts";
import { errorBody } from "../../../agent/protocol/errors.ts";
import type { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { InterceptedStore } from "./rig/interceptedStore.ts";
import type { Machine } from "./rig/machine.ts";
import { openOneMachine, type OneMachine } from "./rig/oneMachine.ts";

const mib = 1024 * 1024;
const dayMs = 24 * 3_600_000;
const forever = new Promise<never>(() => undefined);

/** A promise that does not settle ends these tests: nothing in them measures time. */
describe("a store that never answers", function () {
  this.timeout(60_000);
  let opened: OneMachine;
  let memory: MemoryBlobStore;
  let store: InterceptedStore;
  let machine: Machine;
  let project: ProjectRow;
  let now = Date.now();
  beforeEach(async () => {
    opened = openOneMachine();
    ({ memory, store } = opened);
    memory.now = () => now;
    machine = opened.open();
    await machine.sync.setStore({ url: "memory:" }, unattended);
    project = await machine.makeProject("site");
  });
  afterEach(async () => {
    await machine.close();
    opened.close();
  });
  const snapshot = async (bytes = mib) => {
    writeFileSync(join(project.path, "file"), randomBytes(bytes));
    return machine.snapshot(project);
  };
  /** Resolves at the `nth` operation from now on (from 1), which is never answered, cancelled or not. */
  const hangAt = (nth: number): Promise<"hangs"> => {
    const { promise, resolve } = Promise.withResolvers<"hangs">();
    let seen = 0;
    store.before = () => {
      if (++seen < nth) return undefined;
      resolve("hangs");
      return forever;
    };
    return promise;
  };
  /** Cancels the work at each operation in turn, until it ends without one being left to hang at. */
  const cancelledEverywhere = async (
    work: (call: LongCall) => Promise<unknown>,
    afterwards: () => Promise<void> | void,
  ): Promise<number> => {
    for (let nth = 1; ; nth++) {
      const hangs = hangAt(nth);
      const cancel = new AbortController();
      const done = work({ signal: cancel.signal, report: () => undefined });
      const first = await Promise.race([hangs, done.then(() => "done" as const)]);
      if (first === "hangs") {
        cancel.abort();
        await assert.rejects(done, (thrown) => errorBody(thrown).code === "CANCELLED");
      }
      store.before = () => undefined;
      await afterwards();
      if (first === "done") return nth - 1;
    }
  };

  it("keeps no push from being stopped, at none of its steps", async () => {
    const steps = await cancelledEverywhere(
      async ({ signal }) => {
        const entry = await snapshot();
        const pushed = machine.push(project).then(() => entry);
        signal.addEventListener("abort", () => void machine.sync.stopUploads(project.projectId));
        await pushed;
        signal.throwIfAborted();
        assert.equal(machine.durability(entry), "durable");
      },
      () => {
        const durabilities = machine.entries.list(project.projectId).map(({ durability }) => durability);
        assert.ok(!durabilities.includes("uploading"));
        assert.equal(machine.sync.status(project.projectId).uploading, false);
      },
    );
    assert.ok(steps >= 8, `${steps} steps`);
    await machine.push(project);
    assert.equal(machine.sync.status(project.projectId).pending, 0);
    assert.equal((await machine.sync.care.verify(null, 1, unattended)).damaged.length, 0);
  });

  it("keeps no pull from being cancelled, and leaves nothing of it", async () => {
    const entry = await snapshot();
    await machine.push(project);
    const { manifest, manifestDigest } = await machine.sync.remote.find("site", undefined, unattended);
    const staging = join(opened.pool, "staging");
    mkdirSync(staging);
    const destination = join(opened.pool, "pulled");
    const request = { projectId: manifest.projectId, manifestDigest, staging, destination };
    let isPulled = false;
    const steps = await cancelledEverywhere(
      async (call) => {
        await machine.close();
        machine = opened.open();
        await machine.sync.pull(request, call);
        isPulled = true;
      },
      () => {
        assert.equal(existsSync(destination), isPulled);
        assert.deepEqual(readdirSync(staging), []);
      },
    );
    assert.ok(steps >= 4, `${steps} steps`);
    assert.equal(treeFingerprint(destination), treeFingerprint(machine.pathOf(entry)));
    rmSync(staging, { recursive: true });
  });

  it("keeps no verification from being cancelled", async () => {
    const entry = await snapshot();
    await machine.push(project);
    const steps = await cancelledEverywhere(
      (call) => machine.sync.care.verify(null, 1, call),
      () => undefined,
    );
    assert.ok(steps >= 4, `${steps} steps`);
    assert.equal(machine.durability(entry), "verified");
  });

  it("keeps no collection from being cancelled, and what is kept stays whole", async () => {
    const entries = [await snapshot(), await snapshot(), await snapshot(), await snapshot()];
    await machine.push(project);
    const collect = (call: LongCall) =>
      machine.sync.care.gc({ dryRun: false, retention: { days: 0 }, graceHours: 24 }, call);
    // Whoever has seen the record of a collection misses it: it must be in what is put back.
    for (const entry of entries.slice(0, 1)) await machine.deleteEntry(entry);
    for (let run = 0; run < 2; run++) {
      await collect(unattended);
      now += 2 * dayMs;
    }
    for (const entry of entries.slice(1, 3)) await machine.deleteEntry(entry);
    for (const run of ["condemns", "deletes"]) {
      now += 2 * dayMs;
      // It is not written again by who knows that it was: it must be in what is put back.
      await machine.sync.care.keep(unattended.signal);
      const before = new Map(memory.objects);
      let isCollected = false;
      const steps = await cancelledEverywhere(
        async (call) => {
          await collect(call);
          isCollected = true;
        },
        () => {
          if (isCollected) return;
          memory.objects.clear();
          for (const [key, object] of before) memory.objects.set(key, object);
        },
      );
      assert.ok(steps >= 10, `${run} in ${steps} steps`);
    }
    assert.equal(memory.keys("manifests/").length, 1);
    assert.equal((await machine.sync.care.verify(null, 1, unattended)).whole, 1);
  });

  it("keeps nobody waiting who waits for another", async () => {
    await snapshot();
    await machine.push(project);
    const hangs = hangAt(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const report = () => undefined;
    const verifying = machine.sync.care.verify(null, 1, { signal: first.signal, report });
    await hangs;
    const behind = machine.sync.care.verify(null, 1, { signal: second.signal, report });
    second.abort();
    await assert.rejects(behind, (thrown) => errorBody(thrown).code === "CANCELLED");
    first.abort();
    await assert.rejects(verifying, (thrown) => errorBody(thrown).code === "CANCELLED");
    store.before = () => undefined;
    assert.equal((await machine.sync.care.verify(null, 1, unattended)).whole, 1);
  });

  it("does not keep another store from being set, nor the agent from ending", async () => {
    await machine.close();
    machine = opened.open();
    await snapshot();
    const hangs = hangAt(1);
    machine.sync.wake(project.projectId);
    await hangs;
    store.before = () => undefined;
    await machine.sync.setStore({ url: "memory:" }, unattended);
    await machine.push(project);
    const hangsAgain = hangAt(1);
    await snapshot();
    machine.sync.wake(project.projectId);
    await hangsAgain;
    await machine.close();
    machine = opened.open();
    store.before = () => undefined;
  });
});
