import type { Entries } from "../../catalog/entries.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Processes } from "../../host/processes.ts";
import type { Check, Pool, Store } from "../../protocol/entities.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import type { DiskAgreement } from "./diskAgreement.ts";
import { isLowOnSpace } from "./health.ts";
import { checkPrograms } from "./neededPrograms.ts";
import type { PoolRegistry } from "../pools/poolRegistry.ts";
import type { RecoveryProblem } from "../recovery.ts";

/** Looks at everything the agent leans on, and says what mends what is amiss. */
export class Doctor {
  readonly #processes: Processes;
  readonly #privileged: Privileged;
  readonly #registry: PoolRegistry;
  readonly #projects: Projects;
  readonly #entries: Entries;
  readonly #btrfs: Btrfs;
  readonly #agreement: DiskAgreement;
  readonly #checkStore: (signal: AbortSignal) => Promise<Store | null>;
  readonly #problems: () => readonly RecoveryProblem[];
  readonly #version: string;

  constructor(parts: {
    processes: Processes;
    privileged: Privileged;
    registry: PoolRegistry;
    projects: Projects;
    entries: Entries;
    btrfs: Btrfs;
    agreement: DiskAgreement;
    /** Asks the store whether it works; null when none is set. */
    checkStore: (signal: AbortSignal) => Promise<Store | null>;
    problems: () => readonly RecoveryProblem[];
    version: string;
  }) {
    this.#processes = parts.processes;
    this.#privileged = parts.privileged;
    this.#registry = parts.registry;
    this.#projects = parts.projects;
    this.#entries = parts.entries;
    this.#btrfs = parts.btrfs;
    this.#agreement = parts.agreement;
    this.#checkStore = parts.checkStore;
    this.#problems = parts.problems;
    this.#version = parts.version;
  }

  async examine(signal: AbortSignal): Promise<Check[]> {
    const pools = await this.#registry.list();
    return [
      ok("agent", `Forkpoint ${this.#version} on Node ${process.versions.node}`),
      await checkPrograms(this.#processes, this.#privileged.mode, signal),
      this.#privileges(),
      ...(pools.length === 0 ? [noPool] : pools.map(checkPool)),
      ...(await this.#projectChecks(signal)),
      ...this.#problems().map(checkProblem),
      ...this.#damagedCopies(),
      await this.#store(signal),
    ];
  }

  #privileges(): Check {
    const { mode, degradations } = this.#privileged;
    if (mode === "none") return bad("privileges", degradations.join(" "), "Run `sudo forkpoint setup`.");
    return ok("privileges", ["The agent may mount, send and receive.", ...degradations].join(" "));
  }

  async #projectChecks(signal: AbortSignal): Promise<Check[]> {
    const checks: Check[] = [];
    for (const project of this.#projects.list()) {
      signal.throwIfAborted();
      if (!(await this.#registry.isReady(project.poolId))) continue;
      const name = `project ${project.slug}`;
      checks.push(await this.#agreement.check(name, project));
      if (!(await this.#btrfs.isSubvolume(project.path))) continue;
      const nested = await this.#btrfs.nestedSubvolumes(project.path);
      if (nested.length > 0) {
        checks.push(
          bad(
            name,
            `Snapshots leave out the nested subvolumes ${nested.join(", ")}.`,
            "Replace each with a plain folder, if its content belongs to the project.",
          ),
        );
      }
    }
    return checks;
  }

  /** What was found wrong in the store and could not be stored again yet. */
  #damagedCopies(): Check[] {
    return this.#projects.list().flatMap(({ projectId, slug }) => {
      const damaged = this.#entries.list(projectId).filter(({ problem }) => problem !== null);
      const [first] = damaged;
      if (!first) return [];
      return bad(
        `copies of ${slug}`,
        `${damaged.length} of them were found damaged: ${first.problem ?? ""}`,
        "Run `forkpoint push --wait`; if it stays, `forkpoint repair`.",
      );
    });
  }

  async #store(signal: AbortSignal): Promise<Check> {
    try {
      const store = await this.#checkStore(signal);
      if (!store) {
        return bad(
          "store",
          "Snapshots are kept on this disk only.",
          "Set a store with `forkpoint store set URL`.",
        );
      }
      if (store.state === "ok") return ok("store", `The store ${store.url} works.`);
      return bad(
        "store",
        store.message ?? `The store ${store.url} is ${store.state}.`,
        store.state === "locked"
          ? "Give its passphrase or key file with `forkpoint store unlock`."
          : "Look at `forkpoint store check`, or set another store.",
      );
    } catch (thrown) {
      const { code, message, hint } = errorBody(thrown);
      if (code === "CANCELLED") throw thrown;
      return bad("store", message, hint);
    }
  }
}

const noPool = bad(
  "pools",
  "There is no pool on this machine.",
  "Make one with `forkpoint pool create --image FILE --size 20G`.",
);

function checkPool(pool: Pool): Check {
  const name = `pool ${pool.path}`;
  if (pool.state === "missing") {
    return bad(
      name,
      "The pool cannot be found.",
      `Bring back ${pool.image ?? pool.path} and start the agent again.`,
    );
  }
  if (pool.state === "unmounted") {
    return bad(name, "The pool is not mounted.", "Mount it, or start the agent again and look at its log.");
  }
  if ((pool.deviceErrors ?? 0) > 0) {
    return bad(
      name,
      `The disk reported ${pool.deviceErrors} errors.`,
      "Copy what matters elsewhere and run `btrfs scrub` on the pool.",
    );
  }
  if (pool.state === "read-only") {
    return bad(name, "The pool refuses to write.", "Look at `dmesg`; mount it for writing again.");
  }
  const free = `${((pool.freeBytes ?? 0) / 2 ** 30).toFixed(1)} GiB free`;
  if (isLowOnSpace(pool)) return bad(name, `The pool is almost full: ${free}.`, "Delete snapshots or forks.");
  return ok(name, `Mounted, ${free}.`);
}

function checkProblem(problem: RecoveryProblem): Check {
  return bad(
    problem.kind,
    `An interrupted operation could not be ended: ${problem.message}`,
    "Mend what it names and start the agent again.",
  );
}

function ok(name: string, message: string): Check {
  return { name, ok: true, message, remedy: null };
}

function bad(name: string, message: string, remedy: string): Check {
  return { name, ok: false, message, remedy };
}
