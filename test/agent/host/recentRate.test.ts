import assert from "node:assert/strict";
import { RecentRate } from "../../../agent/host/recentRate.ts";

describe("RecentRate", () => {
  it("says nothing before it can, and nothing of an end that is not known or does not come closer", () => {
    const rate = new RecentRate();
    assert.deepEqual([rate.perSecond(), rate.secondsTo(10)], [null, null]);
    rate.note(0, 0);
    rate.note(400, 100);
    assert.equal(rate.perSecond(), null);
    rate.note(1000, 100);
    assert.deepEqual([rate.perSecond(), rate.secondsTo(1100), rate.secondsTo(null)], [100, 10, null]);
    for (let at = 1000; at <= 20_000; at += 200) rate.note(at, 100);
    assert.deepEqual([rate.perSecond(), rate.secondsTo(1100)], [0, null]);
  });

  it("follows what happens now, not what happened at first", () => {
    const rate = new RecentRate();
    let count = 0;
    for (let at = 0; at < 60_000; at += 50) rate.note(at, (count += 50));
    assert.equal(Math.round(rate.perSecond() ?? 0), 1000);
    for (let at = 60_000; at < 75_000; at += 50) rate.note(at, (count += 5));
    assert.equal(Math.round(rate.perSecond() ?? 0), 100);
    assert.equal(Math.round(rate.secondsTo(count + 1000) ?? 0), 10);
  });
});
