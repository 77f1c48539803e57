import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ProjectLocks } from "../../../agent/host/projectLocks.ts";

describe("locks of projects", () => {
  const { signal } = new AbortController();
  function gate() {
    let open: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (open = resolve));
    return { wait, open: () => open() };
  }

  it("runs one operation of a project at a time, in the order they came", async () => {
    const locks = new ProjectLocks();
    const seen: string[] = [];
    const gates = [gate(), gate()];
    const first = locks.run("p", { operation: "first", refuse: false, signal }, async () => {
      await gates[0]?.wait;
      seen.push("first");
    });
    const second = locks.run("p", { operation: "second", refuse: false, signal }, async () => {
      await gates[1]?.wait;
      seen.push("second");
    });
    const third = locks.run("p", { operation: "third", refuse: false, signal }, () => {
      seen.push("third");
      return Promise.resolve();
    });
    gates[1]?.open();
    await nextTurn();
    assert.deepEqual(seen, []);
    gates[0]?.open();
    await Promise.all([first, second, third]);
    assert.deepEqual(seen, ["first", "second", "third"]);
    assert.equal(locks.busy, false);
  });

  it("refuses at once where asked to, and says what goes on", async () => {
    const locks = new ProjectLocks();
    const held = gate();
    const running = locks.run("p", { operation: "restoring", refuse: true, signal }, () => held.wait);
    await assert.rejects(
      locks.run("p", { operation: "deleting", refuse: true, signal }, () => Promise.resolve()),
      { code: "PROJECT_BUSY", message: /restoring/ },
    );
    await locks.run("other", { operation: "deleting", refuse: true, signal }, () => Promise.resolve());
    held.open();
    await running;
  });

  it("refuses nobody because somebody looks", async () => {
    const locks = new ProjectLocks();
    const held = gate();
    const seen: string[] = [];
    const look = { operation: "comparing", refuse: false, brief: true, signal };
    const looking = locks.run("p", look, () => held.wait);
    const restoring = locks.run("p", { operation: "restoring", refuse: true, signal }, () => {
      seen.push("restored");
      return Promise.resolve();
    });
    await assert.rejects(
      locks.run("p", { operation: "deleting", refuse: true, signal }, () => Promise.resolve()),
      { code: "PROJECT_BUSY", message: /restoring/ },
    );
    assert.deepEqual(seen, []);
    held.open();
    await Promise.all([looking, restoring]);
    assert.deepEqual(seen, ["restored"]);
  });

  it("lets a waiting caller give up, and frees the project when work fails", async () => {
    const locks = new ProjectLocks();
    const held = gate();
    const failing = locks.run("p", { operation: "first", refuse: true, signal }, async () => {
      await held.wait;
      throw new Error("broken");
    });
    const impatient = new AbortController();
    const waiting = locks.run("p", { operation: "second", refuse: false, signal: impatient.signal }, () =>
      Promise.resolve(),
    );
    impatient.abort();
    await assert.rejects(waiting, { code: "CANCELLED" });
    held.open();
    await assert.rejects(failing, /broken/);
    await locks.run("p", { operation: "third", refuse: true, signal }, () => Promise.resolve());
  });

  it("waits for work that gives way instead of refusing, and tells it that somebody waits", async () => {
    const locks = new ProjectLocks();
    const seen: string[] = [];
    const quiet = (name: string) => {
      const wanted = gate();
      const giveWay = () => wanted.open();
      return locks.run("p", { operation: name, refuse: false, signal, giveWay }, async () => {
        await wanted.wait;
        seen.push(name);
      });
    };
    const first = quiet("first");
    const second = quiet("second");
    const restore = locks.run("p", { operation: "restoring", refuse: true, signal }, () => {
      seen.push("restore");
      return Promise.resolve();
    });
    await Promise.all([first, second, restore]);
    assert.deepEqual(seen, ["first", "second", "restore"]);
  });
});
