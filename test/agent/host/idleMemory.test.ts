import assert from "node:assert/strict";
import { collectGarbage, IdleMemory } from "../../../agent/host/idleMemory.ts";
import { ManualClock } from "../../support/manualClock.ts";

describe("memory of an agent at rest", () => {
  it("is given back once, a while after the last work", () => {
    const clock = new ManualClock();
    let collections = 0;
    let busy = false;
    const memory = new IdleMemory({
      clock,
      isBusy: () => busy,
      collect: () => {
        collections++;
        return Promise.resolve();
      },
    });
    for (let call = 0; call < 10; call++) {
      memory.used();
      clock.pass(5000);
    }
    assert.equal(collections, 0);
    busy = true;
    clock.pass(60_000);
    assert.equal(collections, 0);
    busy = false;
    clock.pass(60_000);
    assert.equal(collections, 1);
    clock.pass(600_000);
    assert.equal(collections, 1);
    assert.equal(clock.waiting(), 0);
  });

  it("is that of everything nobody holds any more", async () => {
    const held: WeakRef<object>[] = [];
    const drop = () => held.push(new WeakRef({ large: new Array(1000).fill(0) }));
    drop();
    await collectGarbage();
    assert.equal(held[0]?.deref(), undefined);
  });
});
