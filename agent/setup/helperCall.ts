import { ProcessFailed, type Processes } from "../host/processes.ts";
import { askThroughSudo } from "./askHelper.ts";
import type { Examined } from "./piece.ts";
import type { UserAccount } from "./userAccount.ts";

/** That the user can call the helper: the proof of all the other pieces. */
export class HelperCall implements Examined {
  readonly name: string;
  readonly remedy =
    "See that /etc/sudoers has the line `@includedir /etc/sudoers.d` and that no later rule takes the right away.";
  readonly #processes: Processes;
  readonly #lib: string;
  readonly #user: UserAccount;

  constructor(processes: Processes, lib: string, user: UserAccount) {
    this.name = `call by ${user.name}`;
    this.#processes = processes;
    this.#lib = lib;
    this.#user = user;
  }

  async problem(): Promise<string | undefined> {
    try {
      await askThroughSudo(this.#processes, this.#lib, this.#user);
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof ProcessFailed)) throw thrown;
      const why = thrown.stderr.trim().split("\n").at(-1) ?? "";
      return `${this.#user.name} cannot call the helper: ${why}`;
    }
  }
}
