import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const script = resolve(import.meta.dirname, "../../../scripts/start.mjs");

const ownCommand = { command: [process.execPath, script], env: process.env };

/** `npm start` in a terminal of its own: a process group that Ctrl-C reaches as a whole. */
export class Started {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  /** All it has printed. */
  printed = "";

  /** @param how another command and environment than those of this process */
  constructor(home: string, how: { command: readonly string[]; env: NodeJS.ProcessEnv } = ownCommand) {
    const [program = "", ...args] = how.command;
    this.#child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...how.env, FORKPOINT_HOME: home, CI: "1" },
    });
    this.#exit = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.printed += text));
    }
  }

  /** Waits for the line with the address. @throws Error with what it printed when it ends before */
  async address(): Promise<string> {
    return this.prints(/Forkpoint runs here:\s+(\S+)/);
  }

  /** Waits until it prints something; gives the first group of the pattern. */
  async prints(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.printed);
      if (found) return found[1] ?? found[0];
      const news = this.#child.stderr ? once(this.#child.stderr, "data") : Promise.resolve();
      if ((await Promise.race([this.#exit.then(() => "ended"), news])) === "ended") {
        throw new Error(`npm start ended:\n${this.printed}`);
      }
    }
  }

  /** Signals its whole group and waits for its end. @returns the exit status, null when a signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid) {
      process.kill(-this.#child.pid, signal);
    }
    const [status] = await this.#exit;
    return status as number | null;
  }
}
