import assert from "node:assert/strict";
import { progressText } from "../../../agent/cli/progressLine.ts";

const mib = 2 ** 20;

describe("progress on the terminal", () => {
  const push = { message: "Storing the snapshot", done: 12.3 * mib, unit: "bytes" } as const;

  it("says how much of how much, how fast, and how long it will take", () => {
    const known = { ...push, total: 48 * mib, rate: 4.1 * mib, secondsLeft: 8.7 };
    const said = "Storing the snapshot 12.3 MiB of 48.0 MiB (25 %), 4.1 MiB/s, 9 s left";
    assert.equal(progressText(known), said);
  });

  it("leaves out what is not known", () => {
    assert.equal(progressText({ ...push, total: null, rate: null }), "Storing the snapshot 12.3 MiB");
    assert.equal(
      progressText({ ...push, total: push.done, rate: mib, secondsLeft: 0 }),
      "Storing the snapshot 12.3 MiB of 12.3 MiB (100 %), 1.0 MiB/s",
    );
  });
});
