import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Throttle } from "../../../extension/timeline/throttle.ts";

describe("Throttle", () => {
  it("runs at once, then once for all calls that come while it rests", async () => {
    let runs = 0;
    const throttle = new Throttle(20, () => {
      runs += 1;
    });
    throttle.run();
    assert.equal(runs, 1);
    for (let i = 0; i < 10; i += 1) throttle.run();
    assert.equal(runs, 1);
    await until(() => runs > 1);
    await pause(60);
    assert.equal(runs, 2);
    throttle.dispose();
  });

  it("never runs two at a time", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const throttle = new Throttle(1, async () => {
      most = Math.max(most, ++running);
      await pause(15);
      running -= 1;
      runs += 1;
    });
    throttle.run();
    await pause(5);
    throttle.run();
    await until(() => runs === 2);
    assert.equal(most, 1);
    throttle.dispose();
  });

  it("runs no more once it is disposed of", async () => {
    let runs = 0;
    const throttle = new Throttle(5, () => {
      runs += 1;
    });
    throttle.run();
    throttle.run();
    throttle.dispose();
    await pause(30);
    assert.equal(runs, 1);
  });
});

/** Waits for something that must come; mocha's own limit ends a wait that is in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(2);
}
