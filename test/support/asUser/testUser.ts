import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { processesOfUser, send } from "../../../scripts/machine.mjs";
import { addAccount, removeAccount } from "../../../scripts/test/accounts.mjs";

/** An account made for a test run. Only root can make one. */
export class TestUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** His alone; below the folder that was given. */
  readonly home: string;
  /** His alone, for what tests write. */
  readonly scratch: string;

  private constructor(name: string, folder: string) {
    this.name = name;
    this.uid = Number(execFileSync("id", ["-u", name], { encoding: "utf8" }));
    this.gid = Number(execFileSync("id", ["-g", name], { encoding: "utf8" }));
    this.home = join(folder, "home");
    this.scratch = join(folder, "tmp");
  }

  /**
   * Makes an account whose files lie in `folder`, which must be one that others may pass through.
   * @param label tells the accounts of one run apart: small letters, digits and dashes, 16 at most
   */
  static make(label: string, folder: string): TestUser {
    const user = new TestUser(addAccount(label, join(folder, "home")), folder);
    for (const own of [user.home, user.scratch]) user.own(own);
    return user;
  }

  /** Makes a folder that is his alone, and gives its path. */
  own(folder: string): string {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, this.uid, this.gid);
    return folder;
  }

  /** The environment of this process as he would have it; `added` comes last. */
  env(added: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
    const kept = Object.entries(process.env).filter(([name]) => !/^(XDG_|SUDO_|npm_|MAIL$)/.test(name));
    return {
      ...Object.fromEntries(kept),
      HOME: this.home,
      USER: this.name,
      LOGNAME: this.name,
      SHELL: "/bin/bash",
      TMPDIR: this.scratch,
      ...added,
    };
  }

  /** Ends what he still runs, removes the account and his files. */
  end(): void {
    for (const { pid } of processesOfUser(this.uid)) send(pid, "SIGKILL");
    if (!removeAccount(this.name)) throw new Error(`The account ${this.name} could not be removed.`);
    for (const own of [this.home, this.scratch]) rmSync(own, { recursive: true, force: true });
  }
}
