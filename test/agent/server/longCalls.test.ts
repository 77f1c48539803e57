import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import type { Progress } from "../../../agent/protocol/events.ts";
import type { Call } from "../../../agent/server/handlers.ts";
import { ServedHandlers } from "../../support/servedHandlers.ts";

const summary = { added: 0, modified: 0, removed: 0, renamed: 0, metadata: 0 };

/** A handler's work that the test ends, and that notices when it is asked to stop. */
class Work {
  readonly begun: Promise<Call>;
  finish: () => void = () => undefined;
  aborted = false;
  #begin: (call: Call) => void = () => undefined;

  constructor() {
    this.begun = new Promise((resolve) => (this.#begin = resolve));
  }

  async run<T>(call: Call, result: T): Promise<T> {
    this.#begin(call);
    const finished = new Promise<void>((resolve) => (this.finish = resolve));
    const stopped = once(call.signal, "abort").then(() => {
      this.aborted = true;
      call.signal.throwIfAborted();
    });
    await Promise.race([finished, stopped]);
    return result;
  }
}

describe("long calls", () => {
  let served: ServedHandlers;
  let diff: Work;
  let restore: Work;
  let closed: string[];
  beforeEach(async () => {
    diff = new Work();
    restore = new Work();
    closed = [];
    served = await ServedHandlers.start({
      "timeline/diff": (_params, call) => diff.run(call, { changes: [], summary, truncated: false }),
      "timeline/restore": (_params, call) => restore.run(call, { entry: null, guard: null, summary }),
      "project/open": ({ project }, { session }) => {
        session.hold(project, () => () => closed.push(project));
        throw new ForkpointError("PROJECT_NOT_FOUND", "Opened all the same.");
      },
    });
  });
  afterEach(() => served.stop());

  it("ends a call whose client cancels it, and says so", async () => {
    const client = await served.connect();
    const cancel = new AbortController();
    const call = client.call(
      "timeline/restore",
      { project: "p", snapshotId: "s" },
      { signal: cancel.signal },
    );
    await restore.begun;
    cancel.abort();
    await assert.rejects(call, { code: "CANCELLED" });
    assert.equal(restore.aborted, true);
    assert.equal(served.running.count, 0);
  });

  it("never sends a call that was cancelled before", async () => {
    const client = await served.connect();
    const call = client.call(
      "timeline/restore",
      { project: "p", snapshotId: "s" },
      { signal: AbortSignal.abort() },
    );
    await assert.rejects(call, { code: "CANCELLED" });
    assert.equal(served.running.count, 0);
  });

  it("passes the first report on at once, the newest always, and few between", async () => {
    const client = await served.connect();
    const seen: number[] = [];
    const onProgress = ({ done }: Progress) => seen.push(done);
    const call = client.call("timeline/diff", { project: "p", from: "s" }, { onProgress });
    const { report } = await diff.begun;
    for (let done = 0; done < 1000; done++) {
      report({ message: "Comparing", done, total: 1000, unit: "files", rate: null });
    }
    while (seen.at(-1) !== 999) await pause(5);
    assert.deepEqual(seen, [0, 999]);
    diff.finish();
    await call;
  });

  it("finishes a restore whose window went away, and gives up a comparison", async () => {
    const client = await served.connect();
    const calls = [
      client.call("timeline/restore", { project: "p", snapshotId: "s" }),
      client.call("timeline/diff", { project: "p", from: "s" }),
    ];
    await Promise.all([restore.begun, diff.begun]);
    client.dispose();
    for (const call of calls) await assert.rejects(call, { code: "AGENT_UNREACHABLE" });
    while (served.running.count > 1) await pause(5);
    assert.equal(diff.aborted, true);
    assert.equal(restore.aborted, false);
    restore.finish();
    await served.running.drained();
  });

  it("closes what a client had open when it goes", async () => {
    const client = await served.connect();
    for (const project of ["a", "a", "b"]) {
      await assert.rejects(client.call("project/open", { project }), { code: "PROJECT_NOT_FOUND" });
    }
    assert.deepEqual(closed, []);
    client.dispose();
    while (served.server.clientCount > 0) await pause(5);
    assert.deepEqual(closed, ["a", "b"]);
  });

  it("tells every client of a change", async () => {
    const clients = [await served.connect(), await served.connect()];
    const heard = clients.map(
      (client) =>
        new Promise((resolve) => client.on("changed/timeline", ({ projectId }) => resolve(projectId))),
    );
    served.server.announce("changed/timeline", { projectId: "p1" });
    assert.deepEqual(await Promise.all(heard), ["p1", "p1"]);
  });

  it("tells a client that the agent went away, and rejects what it waits for", async () => {
    const client = await served.connect();
    const gone = new Promise<void>((resolve) => client.onDisconnect(resolve));
    const call = client.call("timeline/diff", { project: "p", from: "s" });
    await diff.begun;
    await Promise.all([served.server.close(), assert.rejects(call, { code: "AGENT_UNREACHABLE" }), gone]);
    await assert.rejects(client.call("project/list", {}), { code: "AGENT_UNREACHABLE" });
  });
});
