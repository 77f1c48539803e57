import assert from "node:assert/strict";
import { TransferRates } from "../../../agent/blobstore/byteRate.ts";
import { LimitedBlobStore } from "../../../agent/blobstore/limitedBlobStore.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

describe("limits of transfers", () => {
  let homes: ReturnType<typeof makeHomes>;
  let machine: Machine;
  let rates: TransferRates;
  const memory = new MemoryBlobStore();
  const open = () => {
    rates = new TransferRates(systemClock);
    const store = new LimitedBlobStore({ store: memory, rates });
    const place = { home: homes.path("home"), pool: homes.path("pool") };
    machine = new Machine(place, { access: onlyUrl("memory:", store), rates });
  };
  before(() => {
    homes = makeHomes();
    open();
  });
  after(async () => {
    await machine.close();
    homes.close();
  });
  const inForce = () => [rates.upload.limit, rates.download.limit];

  it("need a store", () => {
    assert.throws(() => machine.sync.limit({ upload: 1024 }), { code: "STORE_NOT_SET" });
    assert.deepEqual(inForce(), [null, null]);
  });

  it("hold at once and after a start, and what is left out stays", async () => {
    await machine.sync.setStore({ url: "memory:" }, unattended);
    const limits = { upload: 2 ** 20, download: 2 ** 21 };
    assert.deepEqual(machine.sync.limit(limits).limits, limits);
    assert.deepEqual(inForce(), [2 ** 20, 2 ** 21]);
    await machine.close();
    open();
    assert.deepEqual(inForce(), [2 ** 20, 2 ** 21]);
    assert.deepEqual(machine.sync.limit({ download: null }).limits, { upload: 2 ** 20, download: null });
    await machine.sync.pause();
    assert.deepEqual(machine.sync.showStore()?.limits, { upload: 2 ** 20, download: null });
    assert.deepEqual(machine.sync.limit({ upload: null }).paused, true);
    assert.deepEqual(inForce(), [null, null]);
  });
});
