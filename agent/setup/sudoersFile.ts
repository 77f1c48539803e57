import { readFile } from "node:fs/promises";
import type { Processes } from "../host/processes.ts";
import type { HelperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { type HelperUser, sudoersText } from "../volumes/privileged/sudoersRule.ts";
import type { Piece } from "./piece.ts";
import { ownershipProblem, putRootFile, removeRootFile, unlessMissing } from "./rootOwned.ts";
import { accountOf, type UserAccount } from "./userAccount.ts";

const mode = 0o440;
const rule = /^#([1-9]\d{0,9}) ALL=/gm;

/** The file that lets people call the helper: one rule for each, and nothing besides. */
export class SudoersFile {
  readonly #processes: Processes;
  readonly #places: HelperPlaces;

  constructor(processes: Processes, places: HelperPlaces) {
    this.#processes = processes;
    this.#places = places;
  }

  /** That the file is as it should be, and lets this user call the helper. */
  pieceFor(user: UserAccount): Piece {
    return {
      name: "sudoers rule",
      problem: () => this.#problem(user),
      mend: async () => {
        const others = (await this.users()).filter(({ uid }) => uid !== user.uid);
        await this.#write([...others, user]);
      },
    };
  }

  /** Who has a rule and still has an account. */
  async users(): Promise<HelperUser[]> {
    const accounts = (await this.#numbers()).map((uid) => accountOf(this.#processes, uid));
    return (await Promise.all(accounts)).filter((account) => account !== undefined);
  }

  /**
   * Takes back a user's rule, and those of accounts that are gone; the last one takes the file along.
   * @returns whether there was one
   */
  async withdraw(user: UserAccount): Promise<boolean> {
    const had = (await this.#numbers()).includes(user.uid);
    const others = (await this.users()).filter(({ uid }) => uid !== user.uid);
    if (others.length === 0) return (await removeRootFile(this.#places.sudoers)) || had;
    if (had) await this.#write(others);
    return had;
  }

  async #problem(user: UserAccount): Promise<string | undefined> {
    const { sudoers, lib } = this.#places;
    const wrong = await ownershipProblem(sudoers, "file", mode);
    if (wrong !== undefined) return wrong;
    const users = await this.users();
    if (!users.some(({ uid }) => uid === user.uid)) return `${sudoers} has no rule for ${user.name}.`;
    const text = await readFile(sudoers, "utf8");
    return text === sudoersText(lib, users) ? undefined : `${sudoers} says other things than it should.`;
  }

  async #numbers(): Promise<number[]> {
    const text = (await readFile(this.#places.sudoers, "utf8").catch(unlessMissing)) ?? "";
    return [...new Set([...text.matchAll(rule)].map(([, uid]) => Number(uid)))].filter((uid) => uid > 0);
  }

  /** @throws ProcessFailed when sudo would not take the file; the one that is there stays */
  async #write(users: readonly HelperUser[]): Promise<void> {
    const text = sudoersText(this.#places.lib, users);
    await putRootFile(this.#places.sudoers, mode, Buffer.from(text), async (written) => {
      await this.#processes.run("visudo", ["--check", "--quiet", `--file=${written}`]);
    });
  }
}
