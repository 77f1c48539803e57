import assert from "node:assert/strict";
import {
  AssistantTurns,
  turnName,
  turnQuietMs,
  usualQuietMs,
} from "../../../agent/protocol/assistantTurns.ts";

describe("an assistant's turns", () => {
  let told: string[];
  let number: number;
  /** Whether the next turn may begin. */
  let possible: boolean;
  let sayEnd: () => void;
  let ended: Promise<void>;
  beforeEach(() => {
    told = [];
    number = 0;
    possible = true;
    ended = new Promise((resolve) => (sayEnd = resolve));
  });

  const turns = (quietMs = 1_000_000) =>
    new AssistantTurns<number>(
      {
        begin: async () => {
          await Promise.resolve();
          if (!possible) {
            told.push("cannot begin");
            return null;
          }
          told.push(`begin ${++number}`);
          return number;
        },
        end: async (turn, goesOn) => {
          await Promise.resolve();
          told.push(goesOn ? `end ${turn} and go on` : `end ${turn}`);
          sayEnd();
        },
      },
      () => quietMs,
    );
  const call = (name: string) => async () => {
    told.push(name);
    await Promise.resolve();
    return name;
  };

  it("begin before a tool does anything, and hold all that follows until the end", async () => {
    const all = turns();
    assert.deepEqual(await Promise.all([all.during(call("a")), all.during(call("b"))]), ["a", "b"]);
    await all.during(call("c"));
    await all.end();
    assert.deepEqual(told, ["begin 1", "a", "b", "c", "end 1"]);
    await all.end();
    assert.equal(told.length, 5);
  });

  it("end by themselves once no tool is called, and another begins with the next call", async () => {
    const all = turns(1);
    await all.during(call("a"));
    await ended;
    await all.during(call("b"));
    assert.deepEqual(told.slice(0, 4), ["begin 1", "a", "end 1", "begin 2"]);
    await all.end();
  });

  it("never end while a call goes on, however long it takes", async () => {
    const all = turns(1);
    let finish = () => {};
    const long = all.during(() => new Promise<void>((resolve) => (finish = resolve)));
    await all.during(call("short"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(told, ["begin 1", "short"]);
    finish();
    await long;
    await ended;
    assert.deepEqual(told, ["begin 1", "short", "end 1"]);
  });

  it("stop no tool when they cannot begin, and try again with the next", async () => {
    const all = turns();
    possible = false;
    await all.during(call("a"));
    possible = true;
    await all.during(call("b"));
    await all.end();
    assert.deepEqual(told, ["cannot begin", "a", "begin 1", "b", "end 1"]);
  });

  it("go on after a tool that fails", async () => {
    const all = turns();
    await assert.rejects(
      all.during(() => Promise.reject(new Error("broken"))),
      /broken/,
    );
    await all.during(call("b"));
    assert.deepEqual(told, ["begin 1", "b"]);
    await all.end();
  });

  it("begin anew when the agent that saw them begin is gone", async () => {
    const all = turns();
    all.interrupted();
    await all.during(call("a"));
    all.interrupted();
    await all.during(call("b"));
    await all.during(call("c"));
    await all.end();
    assert.deepEqual(told, ["begin 1", "a", "end 1 and go on", "begin 2", "b", "c", "end 2"]);
  });

  it("are left to the agent by who goes", async () => {
    const all = turns(1);
    await all.during(call("a"));
    all.leave();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await all.end();
    assert.deepEqual(told, ["begin 1", "a"]);
  });

  it("are called after the assistant's program, and are over after a minute unless a number says otherwise", () => {
    assert.deepEqual(
      [undefined, " ", "claude-code"].map((name) => turnName(name)),
      ["assistant", "assistant", "assistant (claude-code)"],
    );
    for (const value of ["", "soon", "0", "-1"])
      assert.equal(turnQuietMs({ FORKPOINT_TURN_QUIET_MS: value }), usualQuietMs);
    assert.equal(turnQuietMs({}), usualQuietMs);
    assert.equal(turnQuietMs({ FORKPOINT_TURN_QUIET_MS: "50" }), 50);
    assert.ok(turnQuietMs({ FORKPOINT_TURN_QUIET_MS: "1e12" }) < 2 ** 31);
  });
});
