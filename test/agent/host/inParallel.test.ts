import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inParallel } from "../../../agent/host/inParallel.ts";

describe("work in parallel", () => {
  it("keeps to the limit and to the order of the items", async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async (turns) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      running--;
      return turns * 10;
    });
    assert.deepEqual(results, [50, 10, 40, 20, 30]);
    assert.equal(most, 2);
    assert.deepEqual(await inParallel([], 2, () => Promise.resolve(1)), []);
  });

  it("begins nothing more after a failure, and waits for what runs", async () => {
    const ended: number[] = [];
    const work = async (item: number) => {
      if (item === 0) throw new Error("broken");
      await nextTurn();
      ended.push(item);
    };
    await assert.rejects(inParallel([1, 0, 2, 3], 2, work), /broken/);
    assert.deepEqual(ended, [1]);
  });
});
