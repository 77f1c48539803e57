import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { Terminal } from "./terminal.ts";

const defaultPager = ["less", "-FRX"];

/**
 * Output that may be long. On a screen it is held back until it does not fit, and then goes through the pager that PAGER
 * names, by words and without a shell; anywhere else it is printed as it comes.
 */
export class PagedOutput {
  readonly #terminal: Terminal;
  readonly #command: readonly string[];
  readonly #left: () => void;
  #held: string[] = [];
  #heldLines = 0;
  #pager: Pager | null = null;
  #isDirect: boolean;

  /** @param left called when the person leaves the pager, so that what follows is for nobody */
  constructor(terminal: Terminal, env: NodeJS.ProcessEnv, left: () => void) {
    this.#terminal = terminal;
    this.#left = left;
    this.#command = env["PAGER"]?.split(/\s+/).filter((word) => word !== "") ?? defaultPager;
    // An empty PAGER, and cat, which many set for it, ask for none.
    const wantsNone = this.#command.length === 0 || this.#command.join(" ") === "cat";
    this.#isDirect = terminal.screenRows === null || wantsNone;
  }

  /** Prints a text and a line's end. @throws Error when the person has left the pager */
  async print(text: string): Promise<void> {
    if (this.#isDirect) {
      this.#terminal.print(text);
      return;
    }
    if (!this.#pager) {
      this.#held.push(text);
      this.#heldLines += text.split("\n").length;
      if (this.#heldLines < (this.#terminal.screenRows ?? 0)) return;
      await this.#openPager();
      return;
    }
    await this.#pager.write(`${text}\n`);
  }

  /** Prints what was held back, and waits until the person leaves the pager. */
  async end(): Promise<void> {
    if (this.#pager) {
      await this.#pager.close();
      this.#terminal.paging = false;
    } else this.#release();
  }

  async #openPager(): Promise<void> {
    const pager = await Pager.start(this.#command, this.#left);
    if (!pager) {
      this.#isDirect = true;
      this.#release();
      return;
    }
    this.#terminal.paging = true;
    this.#pager = pager;
    const held = this.#held.splice(0);
    await pager.write(`${held.join("\n")}\n`);
  }

  #release(): void {
    for (const text of this.#held.splice(0)) this.#terminal.print(text);
  }
}

class Pager {
  readonly #input: Writable;
  readonly #gone: Promise<void>;
  #ended = false;

  private constructor(child: ChildProcess, input: Writable, left: () => void) {
    this.#input = input;
    this.#gone = new Promise((resolve) => {
      child.once("close", () => {
        this.#ended = true;
        left();
        resolve();
      });
    });
    // A pager that is left before it has read all breaks the pipe.
    input.on("error", () => undefined);
  }

  /** null when it cannot be started. */
  static async start(command: readonly string[], left: () => void): Promise<Pager | null> {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { stdio: ["pipe", "inherit", "inherit"], shell: false });
    const started = await new Promise<boolean>((resolve) => {
      child.once("spawn", () => resolve(true)).once("error", () => resolve(false));
    });
    return started ? new Pager(child, child.stdin, left) : null;
  }

  /** Waits while the person has not read on. @throws Error when the pager has ended */
  async write(text: string): Promise<void> {
    if (!this.#ended && !this.#input.write(text)) {
      const taken = new Promise<void>((resolve) => this.#input.once("drain", resolve));
      await Promise.race([taken, this.#gone]);
    }
    if (this.#ended) throw new Error("The pager was left.");
  }

  async close(): Promise<void> {
    if (!this.#ended) this.#input.end();
    await this.#gone;
  }
}
