import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../agent/host/clock.ts";
import { type AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { connectAgent } from "../../agent/protocol/client/connectAgent.ts";
import type { Endpoint } from "../../agent/protocol/endpoint.ts";
import { methods, protocolVersion } from "../../agent/protocol/methods.ts";
import { agentMethods } from "../../agent/server/agentMethods.ts";
import { AgentServer } from "../../agent/server/agentServer.ts";
import { Dispatcher } from "../../agent/server/dispatcher.ts";
import { publishEndpoint } from "../../agent/server/endpointPublication.ts";
import { FileLog } from "../../agent/server/fileLog.ts";
import type { Handlers } from "../../agent/server/handlers.ts";
import { RunningCalls } from "../../agent/server/runningCalls.ts";

/**
 * The agent's own server, on a real socket and in a home of its own, with the given handlers behind it. Methods
 * without one fail, which is an error nobody foresaw.
 */
export class ServedHandlers {
  readonly home = mkdtempSync(join(tmpdir(), "forkpoint-served-"));
  readonly log = new FileLog(join(this.home, "logs", "agent.log"), systemClock);
  readonly running = new RunningCalls();
  readonly server: AgentServer;
  readonly #clients: AgentClient[] = [];
  endpoint: Endpoint | undefined;

  constructor(given: Partial<Handlers>) {
    const dispatcher = new Dispatcher(this.#complete(given), this.running, this.log);
    this.server = new AgentServer({
      dispatcher,
      clock: systemClock,
      log: this.log,
      clientsChanged: () => undefined,
    });
  }

  static async start(given: Partial<Handlers> = {}): Promise<ServedHandlers> {
    const served = new ServedHandlers(given);
    const url = await served.server.listen();
    served.endpoint = { url, token: served.server.token, pid: process.pid, version: "1.0.0" };
    publishEndpoint(served.home, served.endpoint);
    return served;
  }

  async connect(): Promise<AgentClient> {
    const client = await connectAgent({ home: this.home, signal: new AbortController().signal });
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.dispose();
    await this.server.close();
    this.log.close();
    rmSync(this.home, { recursive: true });
  }

  #complete(given: Partial<Handlers>): Handlers {
    const absent = Object.keys(methods).map((method) => [
      method,
      () => {
        throw new Error(`${method} has no handler`);
      },
    ]);
    const ours = agentMethods({
      info: {
        version: "1.0.0",
        protocol: protocolVersion,
        pid: process.pid,
        home: this.home,
        startedAt: "2026-01-01T00:00:00.000Z",
        logFile: this.log.file,
        privileges: "root",
        degradations: [],
      },
      log: this.log,
      stop: () => undefined,
      examine: () => Promise.resolve([]),
      support: () => Promise.resolve([]),
    });
    return { ...(Object.fromEntries(absent) as Handlers), ...ours, ...given };
  }
}
