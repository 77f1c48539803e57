import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { endpointFile } from "../../../agent/protocol/endpoint.ts";
import { ServedHandlers } from "../../support/servedHandlers.ts";

/** What the server answers to a browser-like upgrade request; 101 is a connection. */
function upgrade(served: ServedHandlers, headers: Record<string, string>): Promise<number> {
  const url = new URL(served.endpoint?.url ?? "");
  return new Promise((resolve, reject) => {
    const sent = request({
      host: url.hostname,
      port: url.port,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("who may connect to the agent", () => {
  let served: ServedHandlers;
  let authorization: string;
  beforeEach(async () => {
    served = await ServedHandlers.start();
    authorization = `Bearer ${served.server.token}`;
  });
  afterEach(() => served.stop());

  it("lets in a client with the token", async () => {
    assert.equal(await upgrade(served, { authorization }), 101);
    const client = await served.connect();
    assert.equal((await client.call("agent/hello", { client: "test", version: "1" })).pid, process.pid);
  });

  it("answers 401 without a token, with a wrong one, and with one of another length", async () => {
    assert.equal(await upgrade(served, {}), 401);
    assert.equal(await upgrade(served, { authorization: `Bearer ${"A".repeat(43)}` }), 401);
    assert.equal(await upgrade(served, { authorization: "Bearer x" }), 401);
    assert.equal(await upgrade(served, { authorization: served.server.token }), 401);
  });

  it("refuses whatever carries an Origin, even with the right token", async () => {
    assert.equal(await upgrade(served, { authorization, origin: "https://example.org" }), 403);
    assert.equal(await upgrade(served, { authorization, origin: "http://127.0.0.1" }), 403);
    assert.equal(await upgrade(served, { authorization, origin: "null" }), 403);
  });

  it("refuses a foreign name that leads to this machine", async () => {
    assert.equal(await upgrade(served, { authorization, host: "attacker.example:80" }), 403);
    assert.equal(await upgrade(served, { authorization, host: "127.0.0.1.attacker.example" }), 403);
  });

  it("serves no web page", async () => {
    const response = await fetch((served.endpoint?.url ?? "").replace("ws:", "http:"));
    assert.equal(response.status, 426);
  });

  it("publishes its endpoint in a file that only its user can read", () => {
    assert.equal(statSync(join(served.home, endpointFile)).mode & 0o777, 0o600);
  });
});
