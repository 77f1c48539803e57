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

  constructor(modes: readonly PrivilegeMode[]) {
    this.#stage = modes.some((mode) => mode !== "root") ? UserStage.open(join(tmpdir(), "users")) : undefined;
    this.#stage?.view.showCheckout();
    this.rigs = modes.map((mode) => {
      const person = mode === "root" ? undefined : this.#person(mode);
      return { mode, machine: () => new Machine(person) };
    });
  }

  end(): void {
    this.#stage?.end();
  }

  #person(mode: PrivilegeMode): Person | undefined {
    const user = this.#stage?.addUser(mode);
    if (!user) return undefined;
    return this.#stage?.person(user, mode, mode === "helper" ? this.#stage.addHelper([user]) : undefined);
  }
}
