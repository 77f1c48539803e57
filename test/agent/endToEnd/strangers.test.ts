import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";
import { readEndpoint } from "../../../agent/protocol/client/readEndpoint.ts";
import { Machine } from "../../support/machine.ts";

describe("whom the running agent lets in", function () {
  this.timeout(60_000);
  let machine: Machine;
  let url: string;
  let token: string;
  before(async () => {
    machine = new Machine();
    await machine.connect();
    const endpoint = await readEndpoint(machine.home);
    assert.ok(endpoint);
    ({ url, token } = endpoint);
  });
  after(() => machine.end());

  /** The status that answers a connection with these headers; 101 is a connection. */
  async function knock(headers: Record<string, string>): Promise<number> {
    const socket = new WebSocket(url, { headers });
    return new Promise((resolve, reject) => {
      socket.once("unexpected-response", (_request, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      socket.once("open", () => {
        socket.close();
        resolve(101);
      });
      socket.once("error", reject);
    });
  }

  it("is a client with the token, and nobody else", async () => {
    const authorization = `Bearer ${token}`;
    assert.equal(await knock({ authorization }), 101);
    assert.equal(await knock({}), 401);
    assert.equal(await knock({ authorization: `Bearer ${token.slice(0, -1)}` }), 401);
    assert.equal(await knock({ authorization, origin: "http://localhost:8080" }), 403);
    assert.equal(await knock({ authorization, host: "rebound.example" }), 403);
  });

  it("hangs up on a message of 100 MB, and works on for the others", async () => {
    const client = await machine.connect();
    const pid = await machine.pid();
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
    socket.on("error", () => undefined);
    await once(socket, "open");
    socket.send(Buffer.alloc(100 * 1024 * 1024, 0x20));
    const [code] = (await once(socket, "close")) as [number];
    assert.equal(code, 1009);
    assert.deepEqual((await client.call("project/list", {})).projects, []);
    assert.equal(await machine.pid(), pid);
  });
});

describe("agents started at once for one home", function () {
  this.timeout(60_000);
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.end());

  it("become one; the other ends with 3 and says why", async () => {
    const { node, script } = machine.agent();
    const env = { ...process.env, FORKPOINT_HOME: machine.home };
    const started = [1, 2].map(() => spawn(node, [script], { env, stdio: ["ignore", "ignore", "pipe"] }));
    const ended = started.map(async (child) => {
      const [said] = await Promise.all([text(child.stderr), once(child, "exit")]);
      return { code: child.exitCode, said };
    });
    const loser = await Promise.race(ended);
    assert.equal(loser.code, 3);
    assert.match(loser.said, /"AGENT_ALREADY_RUNNING".*"hint":"./);
    while ((await readEndpoint(machine.home)) === undefined) await pause(20);
    assert.deepEqual(await machine.json("project", "list"), []);
    await machine.stopAgent();
    assert.deepEqual((await Promise.all(ended)).map(({ code }) => code).sort(), [0, 3]);
  });

  it("serve commands that all had to start one", async () => {
    const ran = await Promise.all([1, 2, 3].map(() => machine.run(["pool", "status", "--json"])));
    for (const { exitCode, out, err } of ran) assert.deepEqual([exitCode, out, err], [0, "[]\n", ""]);
  });
});
