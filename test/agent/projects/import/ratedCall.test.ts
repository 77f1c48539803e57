import assert from "node:assert/strict";
import { unattended } from "../../../../agent/host/longCall.ts";
import { ratedCall } from "../../../../agent/projects/import/ratedCall.ts";
import type { Progress } from "../../../../agent/protocol/events.ts";
import { ManualClock } from "../../../support/manualClock.ts";

describe("progress with a rate", () => {
  const progress = (message: string, done: number, rate: number | null = null): Progress => ({
    message,
    done,
    total: null,
    unit: "files",
    rate,
  });

  it("counts units a second since the message first came, once that says something", () => {
    const clock = new ManualClock();
    const rates: (number | null)[] = [];
    const call = ratedCall({ ...unattended, report: ({ rate }) => rates.push(rate) }, clock);
    call.report(progress("Copying", 100));
    clock.pass(100);
    call.report(progress("Copying", 300));
    clock.pass(1900);
    call.report(progress("Copying", 500));
    call.report(progress("Proving", 500));
    clock.pass(1000);
    call.report(progress("Proving", 600));
    call.report(progress("Proving", 600, 7));
    assert.deepEqual(rates, [null, null, 200, null, 100, 7]);
  });
});
