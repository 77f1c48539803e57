import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Progress } from "../../../agent/protocol/events.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { holeBlockBytes } from "../../../agent/repository/contentFormat.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

const mib = 1024 * 1024;

describe("the progress of a push", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let machine: Machine;
  const store = new MemoryBlobStore();
  before(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    const place = { home: homes.path("here"), pool: pool.path };
    machine = new Machine(place, { access: onlyUrl("memory:", store) });
    machine.sync.start();
    await machine.sync.setStore({ url: "memory:" }, unattended);
  });
  after(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });

  it("knows from the start how many bytes are to be read, in full and as a difference", async () => {
    const project = await machine.makeProject("site");
    const path = (name: string) => join(project.path, name);
    const push = async () => {
      await machine.snapshot(project);
      const reports: Progress[] = [];
      const call = { ...unattended, report: (progress: Progress) => void reports.push(progress) };
      await machine.sync.push(machine.row(project), { wait: true }, call);
      return reports.at(-1);
    };
    mkdirSync(path("folder"));
    writeFileSync(path("folder/large"), randomBytes(5 * mib + 17));
    writeFileSync(path("linked"), randomBytes(2 * mib));
    linkSync(path("linked"), path("folder/again"));
    writeFileSync(path("small"), "text");
    truncateSync(path("small"), 10 * mib);
    const whole = await push();
    // Of a file with a hole only the block before it.
    const bytes = 7 * mib + 17 + holeBlockBytes;
    assert.deepEqual([whole?.done, whole?.total], [bytes, bytes]);
    writeFileSync(path("new"), randomBytes(3 * mib));
    rmSync(path("small"));
    const changed = await push();
    assert.deepEqual([changed?.done, changed?.total], [3 * mib, 3 * mib]);
  });

  it("goes on telling while it waits for the store", async () => {
    const project = await machine.makeProject("slow");
    writeFileSync(join(project.path, "file"), randomBytes(mib));
    await machine.snapshot(project);
    let told = 0;
    const put = store.put.bind(store);
    store.put = async (key, ...more) => {
      if (key.startsWith("packs/")) for (const before = told; told < before + 2;) await pause(20);
      return put(key, ...more);
    };
    try {
      const call = { ...unattended, report: () => (told += 1) };
      await machine.sync.push(machine.row(project), { wait: true }, call);
    } finally {
      store.put = put;
    }
  });
});
