import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { untilGone } from "./agentHome.ts";
import { crashingAgent, recordingAgent } from "./crashingAgent.ts";
import { Machine } from "./machine.ts";
import { testMode } from "./testMode.ts";

type Work = (client: AgentClient) => Promise<unknown>;

/** One reach of a crash point. */
export interface Reached {
  readonly point: string;
  /** From 1. */
  readonly nth: number;
}

/** A machine on which the same operation is cut off again and again, each time at another step. */
export class CrashScene {
  readonly machine: Machine;
  /** The pool's mount point. */
  readonly pool: string;

  private constructor(machine: Machine, pool: string) {
    this.machine = machine;
    this.pool = pool;
  }

  static async open(mib = 768): Promise<CrashScene> {
    const machine = new Machine();
    try {
      const { path } = await machine.pool(mib);
      return new CrashScene(machine, path);
    } catch (thrown) {
      machine.clear();
      throw thrown;
    }
  }

  /** A connection to the shipped agent, started when none runs. */
  agent(): Promise<AgentClient> {
    return this.machine.connect();
  }

  /** Does `work` undisturbed and gives every point it passes: each once, and its last reach if there are more. */
  async reached(work: Work): Promise<Reached[]> {
    const list = this.machine.path("points");
    rmSync(list, { force: true });
    await this.machine.stopAgent();
    const client = await this.machine.connect(this.machine.agent(recordingAgent(this.machine.folder, list)));
    await work(client);
    await this.machine.stopAgent();
    const counts = new Map<string, number>();
    for (const point of existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : []) {
      counts.set(point, (counts.get(point) ?? 0) + 1);
    }
    return [...counts].flatMap(([point, count]) =>
      count === 1 ? { point, nth: 1 } : [1, count].map((nth) => ({ point, nth })),
    );
  }

  /** Does `work` with an agent that dies by SIGKILL at a point of it. */
  async dies(work: Work, { point, nth }: Reached): Promise<void> {
    await this.machine.stopAgent();
    const script = crashingAgent(this.machine.folder, point, nth);
    const client = await this.machine.connect(this.machine.agent(script));
    const pid = await this.machine.pid();
    const outcome = await work(client).then(
      () => "done",
      (thrown: unknown) => (thrown as { code?: string }).code ?? String(thrown),
    );
    assert.equal(outcome, "AGENT_UNREACHABLE", "it should have died");
    await untilGone(pid);
  }

  /** Starts the shipped agent, and asserts that nothing half made is left anywhere. */
  async recovered(): Promise<AgentClient> {
    const client = await this.agent();
    const db = new DatabaseSync(join(this.machine.home, "catalog.sqlite"), { readOnly: true });
    try {
      assert.deepEqual(db.prepare("SELECT kind, payload FROM intents").all(), []);
    } finally {
      db.close();
    }
    const { checks } = await client.call("agent/doctor", {});
    // What lies in the store is not what recovers here.
    const elsewhere = /^(pool |store$|copies of )/;
    const amiss = checks.filter(({ name, ok }) => !ok && !elsewhere.test(name));
    assert.deepEqual(
      amiss.filter(({ name }) => testMode !== "none" || name !== "privileges"),
      [],
    );
    const { projects } = await client.call("project/list", {});
    const ours = projects.filter(({ path }) => path.startsWith(join(this.pool, "projects/")));
    const slugs = ours.map(({ slug }) => slug).sort();
    const ids = projects.map(({ projectId }) => projectId).sort();
    assert.deepEqual(namesIn(join(this.pool, "projects")), slugs);
    assert.deepEqual(namesIn(join(this.pool, ".forkpoint/snapshots")), ids);
    assert.deepEqual(namesIn(join(this.pool, ".forkpoint/staging")), []);
    return client;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
