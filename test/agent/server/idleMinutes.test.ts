import assert from "node:assert/strict";
import { idleMinutes } from "../../../agent/server/idleMinutes.ts";

describe("how long an idle agent stays", () => {
  const given = (value: string) => idleMinutes({ FORKPOINT_IDLE_MINUTES: value });

  it("is 15 minutes unless a number says otherwise", () => {
    assert.equal(idleMinutes({}), 15);
    for (const value of ["", " ", "soon", "-1", "NaN"]) assert.equal(given(value), 15, value);
    assert.equal(given("0"), 0);
    assert.equal(given("0.5"), 0.5);
    assert.equal(given("60"), 60);
  });

  it("is never more than a timer can wait", () => {
    for (const value of ["1e9", "Infinity"]) assert.ok(given(value) * 60_000 < 2 ** 31, value);
  });
});
