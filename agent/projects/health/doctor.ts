import type { Entries } from "../../catalog/entries.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { Processes } from "../../host/processes.ts";
import type { Check } from "../../protocol/health.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import type { Privileged } from "../../volumes/privileged/privileged.ts";
import type { DiskAgreement } from "./diskAgreement.ts";
import { bad } from "./checks.ts";
import type { Failure } from "./failingWork.ts";
import { checkAgent, checkMachine, type MachineFacts } from "./machineChecks.ts";
import { checkPrograms } from "./neededPrograms.ts";
import { checkPool, noPool } from "./poolChecks.ts";
import { checkPrivileges, type HelperFacts } from "./privilegeChecks.ts";
import { checkStore, type StoreQuestions } from "./storeChecks.ts";
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
  readonly #store: StoreQuestions;
  readonly #helper: () => Promise<HelperFacts>;
  readonly #machine: MachineFacts;
  readonly #failures: (projectId: string) => readonly Failure[];
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
    store: StoreQuestions;
    /** What is known of the helper of this machine. */
    helper: () => Promise<HelperFacts>;
    machine: MachineFacts;
    /** What is done for a project by itself and fails now. */
    failures: (projectId: string) => readonly Failure[];
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
    this.#store = parts.store;
    this.#helper = parts.helper;
    this.#machine = parts.machine;
    this.#failures = parts.failures;
    this.#problems = parts.problems;
    this.#version = parts.version;
  }

  async examine(signal: AbortSignal): Promise<Check[]> {
    const pools = await this.#registry.list();
    return [
      checkAgent(this.#version, process.versions.node),
      await checkPrograms(this.#processes, this.#privileged.mode, signal),
      ...(await checkMachine(this.#processes, this.#machine, signal)),
      checkPrivileges(this.#privileged, this.#version, await this.#helper()),
      ...(pools.length === 0 ? [noPool] : (await Promise.all(pools.map(checkPool))).flat()),
      ...(await this.#projectChecks(signal)),
      ...this.#problems().map(checkProblem),
      ...this.#failingWork(),
      ...this.#damagedCopies(),
      ...(await checkStore(this.#store, signal)),
    ];
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

  #failingWork(): Check[] {
    return this.#projects
      .list()
      .flatMap(({ projectId, slug }) =>
        this.#failures(projectId).map(({ what, message, remedy }) =>
          bad(`${what} of ${slug}`, message, remedy),
        ),
      );
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
}

function checkProblem(problem: RecoveryProblem): Check {
  return bad(
    problem.kind,
    `An interrupted operation could not be ended: ${problem.message}`,
    "Mend what it names and start the agent again.",
  );
}
