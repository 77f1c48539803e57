import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { WebSocket } from "ws";
import { maxMessageBytes } from "../../../agent/protocol/endpoint.ts";
import { ForkpointError, type ErrorCode } from "../../../agent/protocol/errors.ts";
import { ServedHandlers } from "../../support/servedHandlers.ts";

function coded(code: ErrorCode, message = /./) {
  return (thrown: unknown) => {
    assert.ok(thrown instanceof ForkpointError);
    assert.equal(thrown.code, code);
    assert.match(thrown.message, message);
    assert.notEqual(thrown.hint, "");
    return true;
  };
}

/** A connection that speaks without the client's own manners. */
async function raw(served: ServedHandlers): Promise<WebSocket> {
  const socket = new WebSocket(served.endpoint?.url ?? "", {
    headers: { authorization: `Bearer ${served.server.token}` },
  });
  await once(socket, "open");
  return socket;
}

async function answer(socket: WebSocket, message: unknown): Promise<unknown> {
  socket.send(JSON.stringify(message));
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(data.toString("utf8"));
}

describe("requests to the agent", () => {
  let served: ServedHandlers;
  let created: unknown[];
  beforeEach(async () => {
    created = [];
    served = await ServedHandlers.start({
      "snapshot/create": (params) => {
        created.push(params);
        return { entry: null, head: null };
      },
      "project/list": () => {
        throw new ForkpointError("POOL_FULL", "The pool is full.", { details: { free: 0 } });
      },
      "store/show": () => ({
        store: {
          url: "x".repeat(maxMessageBytes),
          state: "ok",
          conditionalWrites: null,
          encrypted: false,
          checkedAt: null,
          message: null,
          paused: false,
          limits: { upload: null, download: null },
          tidying: { everyHours: null, nextAt: null, last: null },
        },
      }),
    });
  });
  afterEach(() => served.stop());

  it("fills in the defaults before the handler sees the parameters", async () => {
    const client = await served.connect();
    await client.call("snapshot/create", { project: "shop" });
    assert.deepEqual(created, [{ project: "shop", pin: false, cause: "manual" }]);
  });

  it("refuses parameters that break the schema, names the field, and runs nothing", async () => {
    const socket = await raw(served);
    const bad: [unknown, string][] = [
      [{ project: "" }, "project"],
      [{ project: "shop", label: 7 }, "label"],
      [{ project: "shop", cause: "guard" }, "cause"],
      [{ project: "shop", label: "x".repeat(201) }, "label"],
      [{}, "project"],
      [[], ""],
      [5, ""],
    ];
    for (const [params, field] of bad) {
      const reply = await answer(socket, { jsonrpc: "2.0", id: 1, method: "snapshot/create", params });
      const { error } = reply as { error: { data: { code: string; details: { field: string } } } };
      assert.equal(error.data.code, "BAD_REQUEST");
      assert.equal(error.data.details.field, field);
    }
    assert.deepEqual(created, []);
    socket.close();
  });

  it("refuses an unknown method, one that every object has among them", async () => {
    const socket = await raw(served);
    for (const method of ["no/such", "toString", "__proto__"]) {
      const reply = await answer(socket, { jsonrpc: "2.0", id: 1, method, params: {} });
      assert.equal((reply as { error: { data: { code: string } } }).error.data.code, "BAD_REQUEST");
    }
    socket.close();
  });

  it("hands the error of a handler on with code, hint and details", async () => {
    const client = await served.connect();
    await assert.rejects(client.call("project/list", {}), (thrown: unknown) => {
      coded("POOL_FULL", /The pool is full/)(thrown);
      assert.deepEqual((thrown as ForkpointError).details, { free: 0 });
      return true;
    });
  });

  it("keeps the stack of an unforeseen error in its log and out of the answer", async () => {
    const socket = await raw(served);
    const reply = JSON.stringify(
      await answer(socket, { jsonrpc: "2.0", id: 1, method: "store/check", params: {} }),
    );
    assert.match(reply, /"INTERNAL"/);
    assert.doesNotMatch(reply, /servedHandlers/);
    assert.match(readFileSync(served.log.file, "utf8"), /store\/check has no handler.*servedHandlers/);
    socket.close();
  });

  it("hangs up with code 1009 on a message above the limit, and lives on", async () => {
    const other = await served.connect();
    const socket = await raw(served);
    const closed = once(socket, "close") as Promise<[number]>;
    socket.on("error", () => undefined);
    socket.send(Buffer.alloc(100 * 1024 * 1024, 0x20));
    assert.equal((await closed)[0], 1009);
    await other.call("snapshot/create", { project: "shop" });
    assert.equal(created.length, 1);
  });

  it("hangs up with code 1007 on what is not JSON-RPC", async () => {
    for (const text of ["{", "[]", "null", '{"id":1}']) {
      const socket = await raw(served);
      const closed = once(socket, "close") as Promise<[number]>;
      socket.send(text);
      assert.equal((await closed)[0], 1007, text);
    }
    const client = await served.connect();
    await client.call("snapshot/create", { project: "shop" });
  });

  it("refuses on the client's side what the agent would hang up on", async () => {
    const client = await served.connect();
    const call = client.call("snapshot/create", { project: "shop", note: "x".repeat(maxMessageBytes) });
    await assert.rejects(call, coded("BAD_REQUEST", /larger than/));
    await client.call("snapshot/create", { project: "shop" });
  });

  it("answers with an error instead of a message above the limit", async () => {
    const client = await served.connect();
    await assert.rejects(client.call("store/show", {}), coded("BAD_REQUEST", /answer is larger/));
    await client.call("snapshot/create", { project: "shop" });
  });
});
