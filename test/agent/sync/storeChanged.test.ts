import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { FaultyBlobStore, type Injection } from "../../support/faultyBlobStore.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { encryptedKind } from "../../support/repositoryKinds.ts";
import { Machine, makeHomes } from "./rig/machine.ts";

const { choice } = encryptedKind;
const retention = { days: 0, last: 0, daily: 0, weekly: 0, monthly: 0 };

/** What is under way, and where it is held up. */
const works: Record<
  string,
  { on: Pick<Injection, "on" | "key">; work: (machine: Machine) => Promise<unknown> }
> = {
  verify: {
    on: { on: "get", key: /^packs/ },
    work: (machine) => machine.sync.care.verify(null, 1, unattended),
  },
  repair: {
    on: { on: "list", key: /^packs/ },
    work: (machine) => machine.sync.care.repair({ dryRun: false }, unattended),
  },
  gc: {
    on: { on: "get", key: /^packs/ },
    work: (machine) => machine.sync.care.gc({ dryRun: false, retention, graceHours: 24 }, unattended),
  },
  // Nothing else is read of what is on this disk as well.
  pull: { on: { on: "get", key: /^manifests/ }, work: (machine) => machine.pull("site") },
};

describe("a store that is locked or set anew in the middle of", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  let stores: Record<string, FaultyBlobStore>;
  let machine: Machine;
  beforeEach(async () => {
    pool = openLoopPool(512);
    homes = makeHomes();
    stores = {
      one: new FaultyBlobStore(new MemoryBlobStore("one")),
      other: new FaultyBlobStore(new MemoryBlobStore("other")),
    };
    const access = {
      openStore: (url: string) => stores[url] ?? assert.fail(),
      isForeign: () => false,
      setUp: () => Promise.resolve(),
      probe: () => Promise.resolve({ conditionalWrites: true }),
    };
    machine = new Machine({ home: homes.path("agent"), pool: pool.path }, { access });
    machine.sync.start();
    await machine.sync.setStore({ url: "one", ...choice }, unattended);
    const project = await machine.makeProject("site");
    writeFileSync(join(project.path, "file"), randomBytes(3_000_000));
    await machine.snapshot(project);
    await machine.push(project);
  });
  afterEach(async () => {
    await machine.close();
    pool.close();
    homes.close();
  });

  const changes = {
    locked: async () => {
      await machine.sync.lockStore();
    },
    "set anew": async () => {
      await machine.sync.setStore({ url: "other", ...choice }, unattended);
    },
  };
  for (const [how, change] of Object.entries(changes)) {
    for (const [name, { on, work }] of Object.entries(works)) {
      it(`${name}: ${how}, it ends as cancelled, and can be done again`, async () => {
        const held = stores["one"]?.inject({ ...on, times: 1, fault: { kind: "hold" } });
        assert.ok(held);
        const working = work(machine);
        working.catch(() => undefined);
        await held.met;
        await change();
        held.release();
        await assert.rejects(working, { name: "ForkpointError", code: "CANCELLED", message: /store/ });
        if (how === "locked")
          await machine.sync.unlockStore(choice.secret ?? assert.fail(), true, unattended);
        else await machine.sync.setStore({ url: "one", ...choice }, unattended);
        const [project] = machine.projects.list();
        assert.equal((await machine.push(project ?? assert.fail())).pending, 0);
        await work(machine);
      });
    }
  }
});
