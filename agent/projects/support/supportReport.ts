import type { Catalog } from "../../catalog/catalog.ts";
import type { Operations } from "../../catalog/operations.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Check } from "../../protocol/health.ts";
import type { Store } from "../../protocol/store.ts";
import { errorBody } from "../../protocol/errors.ts";
import { jsonFile, type SupportFile } from "../../protocol/support/bundle.ts";
import { Redaction } from "../../protocol/support/redaction.ts";
import { logLines, systemVersions, textFile } from "../../protocol/support/withoutAgent.ts";
import type { PrivilegeMode } from "../../volumes/privileged/privileged.ts";
import type { HealthReader } from "../health/healthReader.ts";
import type { PoolRegistry } from "../pools/poolRegistry.ts";
import { catalogSummary } from "./catalogSummary.ts";
import { privateNames } from "./privateNames.ts";

const newestOperations = 200;

interface Parts {
  readonly catalog: Catalog;
  readonly projects: Projects;
  readonly operations: Operations;
  readonly registry: PoolRegistry;
  readonly health: HealthReader;
  readonly examine: (signal: AbortSignal) => Promise<Check[]>;
  readonly store: () => Store | null;
  readonly helperVersion: () => Promise<string | null>;
  readonly tail: (lines: number) => string[];
  readonly env: NodeJS.ProcessEnv;
  readonly agentHome: string;
  readonly version: string;
  readonly privileges: PrivilegeMode;
}

/** Gathers what somebody who helps needs to know of this agent, without what is private. */
export class SupportReport {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What cannot be gathered is told in its file. @throws ForkpointError CANCELLED */
  async gather(signal: AbortSignal): Promise<SupportFile[]> {
    const store = this.#parts.store();
    const redaction = new Redaction(await privateNames({ ...this.#parts, storeUrl: store?.url }));
    const file = async (name: string, about: string, look: () => unknown) => {
      signal.throwIfAborted();
      try {
        return jsonFile(name, about, redaction.value(await look()));
      } catch (thrown) {
        const { code, message } = errorBody(thrown);
        if (code === "CANCELLED") throw thrown;
        return jsonFile(name, about, redaction.value({ error: { code, message } }));
      }
    };
    return [
      await file("versions.json", "versions of Forkpoint and this system", () => this.#versions()),
      await file("doctor.json", "what the doctor found", () => this.#parts.examine(signal)),
      await file("health.json", "health, pools and store: states and sizes", () => this.#health(store)),
      await file("catalog.json", "counts of projects, snapshots and settings; no names", () =>
        catalogSummary(this.#parts.catalog),
      ),
      await file("operations.json", "the newest operations: kinds and times", () => this.#operations()),
      textFile(
        "agent.log",
        "the newest lines of the agent's log",
        this.#parts.tail(logLines).map((line) => redaction.logLine(line)),
      ),
    ];
  }

  async #versions(): Promise<unknown> {
    const { version, privileges } = this.#parts;
    return { ...systemVersions(version), privileges, helper: await this.#parts.helperVersion() };
  }

  async #health(store: Store | null): Promise<unknown> {
    const pools = await this.#parts.registry.list();
    return {
      health: await this.#parts.health.read(null, pools),
      pools: pools.map((pool) => ({ ...pool, path: null, image: null, inFile: pool.image !== null })),
      store: store && { ...store, url: `${store.url.split(":", 1)[0] ?? ""}://(address)` },
    };
  }

  #operations(): unknown {
    const numbers = new Map(this.#parts.projects.list().map(({ projectId }, at) => [projectId, at + 1]));
    return this.#parts.operations
      .list({ projectId: null, before: undefined, limit: newestOperations, rollOffs: true })
      .map(({ operationId, projectId, at, detail }) => ({
        operationId,
        kind: detail.kind,
        project: numbers.get(projectId) ?? null,
        at: new Date(at).toISOString(),
      }));
  }
}
