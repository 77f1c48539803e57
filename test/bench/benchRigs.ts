import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";
import { UserStage } from "../support/asUser/userStage.ts";
import { Machine } from "../support/machine.ts";
import type { Person } from "../support/person.ts";

/** Makes machines whose agents have the rights of one mode. */
export interface BenchRig {
  readonly mode: PrivilegeMode;
  readonly machine: () => Machine;
}

/** The rigs for some modes, side by side on one disk; `end` removes the accounts that they took. */
export class BenchRigs {
  readonly rigs: readonly BenchRig[];
  readonly #stage: UserStage | undefined;

  private constructor(rigs: readonly BenchRig[], stage: UserStage | undefined) {
    this.rigs = rigs;
    this.#stage = stage;
  }

  static async open(modes: readonly PrivilegeMode[]): Promise<BenchRigs> {
    if (modes.every((mode) => mode === "root"))
      return new BenchRigs(
        modes.map((mode) => rigOf(mode)),
        undefined,
      );
    const stage = UserStage.open(join(tmpdir(), "users"));
    try {
      stage.view.showCheckout();
      const rigs: BenchRig[] = [];
      for (const mode of modes)
        rigs.push(rigOf(mode, mode === "root" ? undefined : await personOn(stage, mode)));
      return new BenchRigs(rigs, stage);
    } catch (thrown) {
      stage.end();
      throw thrown;
    }
  }

  end(): void {
    this.#stage?.end();
  }
}

function rigOf(mode: PrivilegeMode, person?: Person): BenchRig {
  return { mode, machine: () => new Machine(person) };
}

async function personOn(stage: UserStage, mode: "helper" | "none"): Promise<Person> {
  const user = stage.addUser(`user-${mode}`);
  return stage.person(user, mode, mode === "helper" ? await stage.addHelper([user]) : undefined);
}
