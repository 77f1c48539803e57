import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { AgentClient } from "../../../agent/protocol/client/agentClient.ts";
import type { Launch } from "../../../agent/protocol/client/launchAgent.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import { Machine } from "../../support/machine.ts";
import type { Engine, Spent } from "./engine.ts";
import { forgetPeak, peakOf } from "./measured.ts";

export interface ForkpointPlace {
  readonly machine: Machine;
  readonly launch: (machine: Machine) => Launch;
  readonly project: Project;
  /** Of a store that is empty yet. */
  readonly url: string;
  /** Bytes in that store. */
  readonly storedBytes: () => Promise<number>;
  readonly poolMib: number;
}

export const ourName = "Forkpoint";

/** The agent, over its protocol, with an encrypted repository. A push counts from before its snapshot. */
export class ForkpointEngine implements Engine {
  readonly name = ourName;
  readonly #place: ForkpointPlace;
  readonly #client: AgentClient;
  readonly #pid: number;
  readonly #secret = { keyFile: randomBytes(32).toString("base64") };
  #other: { machine: Machine; client: AgentClient; pid: number } | null = null;

  private constructor(place: ForkpointPlace, client: AgentClient, pid: number) {
    this.#place = place;
    this.#client = client;
    this.#pid = pid;
  }

  static async open(place: ForkpointPlace): Promise<ForkpointEngine> {
    const client = await place.machine.connect(place.launch(place.machine));
    return new ForkpointEngine(place, client, await place.machine.pid());
  }

  async push(): Promise<Spent> {
    const { project, url } = this.#place;
    const { store } = await this.#client.call("store/show", {});
    return spentBy(this.#pid, async () => {
      await this.#client.call("snapshot/create", { project: project.projectId });
      // The first push begins when the store is set.
      if (store?.url !== url)
        await this.#client.call("store/set", { url, encrypt: true, secret: this.#secret });
      await this.#settle(project.projectId);
    });
  }

  readonly pushFork = (): Promise<Spent> => {
    const { project } = this.#place;
    return spentBy(this.#pid, async () => {
      const fork = await this.#client.call("project/fork", { project: project.projectId, slug: "forked" });
      await this.#settle(fork.projectId);
    });
  };

  async pull(): Promise<Spent & { path: string }> {
    await this.#other?.machine.end();
    const machine = new Machine();
    const client = await machine.connect(this.#place.launch(machine));
    this.#other = { machine, client, pid: await machine.pid() };
    await machine.pool(this.#place.poolMib);
    await client.call("store/set", { url: this.#place.url, secret: this.#secret });
    return this.#pullTo("pulled");
  }

  async pullOnto(): Promise<Spent & { path: string }> {
    return this.#pullTo("pulled-again");
  }

  storedBytes(): Promise<number> {
    return this.#place.storedBytes();
  }

  async end(): Promise<void> {
    await this.#other?.machine.end();
  }

  async #pullTo(slug: string): Promise<Spent & { path: string }> {
    const other = this.#other;
    if (!other) throw new Error("Nothing was pulled before.");
    let path = "";
    const spent = await spentBy(other.pid, async () => {
      const project = this.#place.project.projectId;
      ({ path } = await other.client.call("sync/pull", { project, slug }));
    });
    return { ...spent, path };
  }

  async #settle(project: string): Promise<void> {
    const { pending } = await this.#client.call("sync/push", { project, wait: true });
    assert.equal(pending, 0);
  }
}

async function spentBy(pid: number, work: () => Promise<void>): Promise<Spent> {
  forgetPeak(pid);
  const began = performance.now();
  await work();
  return { seconds: (performance.now() - began) / 1000, peakBytes: peakOf(pid) };
}
