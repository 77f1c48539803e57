import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { connectAgent } from "../../agent/protocol/client/connectAgent.ts";
import type { Launch } from "../../agent/protocol/client/launchAgent.ts";
import { isAlive, readEndpoint } from "../../agent/protocol/client/readEndpoint.ts";
import { processesWith, send } from "../../scripts/machine.mjs";

/** A home for agent processes. Ending it kills every agent that was started in it and deletes it. */
export class AgentHome {
  readonly path = mkdtempSync(join(tmpdir(), "forkpoint-home-"));
  readonly #clients: AgentClient[] = [];

  /** How to start a waiting agent that says it is of this version. */
  waitingAgent(version: string): Launch {
    const script = join(this.path, `agent-${version}.ts`);
    const source = join(import.meta.dirname, "waitingAgent.ts");
    writeFileSync(
      script,
      `import { runWaitingAgent } from "${source}";\nawait runWaitingAgent("${version}");\n`,
    );
    return { node: process.execPath, script, version };
  }

  async connect(launch?: Launch, signal = new AbortController().signal): Promise<AgentClient> {
    const client = await connectAgent({ home: this.path, launch, signal });
    this.#clients.push(client);
    return client;
  }

  /** The process that is published now. */
  async pid(): Promise<number> {
    const pid = (await readEndpoint(this.path))?.pid;
    if (pid === undefined) throw new Error("No agent runs.");
    return pid;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  log(): string {
    return readFileSync(this.file("logs/agent.log"), "utf8");
  }

  dropClients(): void {
    for (const client of this.#clients) client.dispose();
  }

  async end(): Promise<void> {
    this.dropClients();
    // Also those that were started and not met: a start that was cancelled goes on.
    for (const { pid } of processesWith(`FORKPOINT_HOME=${this.path}`)) {
      send(pid, "SIGKILL");
      await untilGone(pid);
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

export async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(10);
}
