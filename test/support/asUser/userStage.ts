import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { PrivilegeMode } from "../../../agent/volumes/privileged/privileged.ts";
import { mountsBelow } from "../../../scripts/machine.mjs";
import { cacheFolder } from "../../../scripts/paths.mjs";
import type { Person } from "../person.ts";
import { provideHelper } from "./provideHelper.ts";
import { TestUser } from "./testUser.ts";
import { View } from "./view.ts";

/**
 * Ordinary users with all they need to run Forkpoint: a folder each, a view of the checkout and of what it is run
 * with, and the helper where it is wanted. Only root can make one; `end` takes everything back.
 */
export class UserStage {
  /** Everybody may pass through it; only root writes there. */
  readonly folder: string;
  readonly view: View;
  /** Takes back what was made, in the order it was made. */
  readonly #undo: (() => void)[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.view = new View(join(folder, "view"));
  }

  /** @param folder is made; all above it must let everybody pass */
  static open(folder: string): UserStage {
    const stage = new UserStage(folder);
    mkdirSync(folder, { mode: 0o711 });
    stage.later(() => stage.#removeFolder());
    stage.later(() => stage.view.end());
    try {
      stage.view.show(cacheFolder, "cache");
    } catch (thrown) {
      stage.end();
      throw thrown;
    }
    return stage;
  }

  /** Adds what `end` does before all that was made until now is taken back. */
  later(step: () => void): void {
    this.#undo.push(step);
  }

  /** Makes an account. @param label tells the accounts of one run apart */
  addUser(label: string): TestUser {
    const folder = join(this.folder, label);
    mkdirSync(folder, { mode: 0o711 });
    const user = TestUser.make(label, folder);
    this.later(() => user.end());
    return user;
  }

  /** Sets the helper up for some users. @returns what FORKPOINT_HELPER has to name for them */
  addHelper(users: readonly TestUser[]): Promise<string> {
    return provideHelper(this, users);
  }

  /** The environment of this process as a user has it; `added` comes last. */
  env(user: TestUser, added: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
    const seen = Object.entries(user.env()).map(
      ([name, value]) => [name, this.view.seen(value ?? "")] as const,
    );
    return {
      ...Object.fromEntries(seen),
      NODE_COMPILE_CACHE: join(user.home, ".cache/compiled"),
      FORKPOINT_HELPER: join(this.folder, "no-helper"),
      ...added,
    };
  }

  /** A user for machines that root drives. The view must show the checkout. */
  person(user: TestUser, mode: PrivilegeMode, helper: string | undefined): Person {
    const added: Record<string, string> = helper === undefined ? {} : { FORKPOINT_HELPER: helper };
    const { uid, gid, scratch } = user;
    return {
      ...{ uid, gid, scratch, mode },
      seen: (path) => this.view.seen(path),
      env: () => this.env(user, added),
    };
  }

  end(): void {
    for (const step of this.#undo.splice(0).toReversed()) step();
  }

  /** Folders from outside are mounted below it; what is in them must never be deleted. */
  #removeFolder(): void {
    if (mountsBelow(this.folder).length > 0)
      throw new Error(`${this.folder} has mounts that cannot be taken away.`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
