import { styleText } from "node:util";
import { ForkpointError } from "../protocol/errors.ts";
import { readHidden } from "./hiddenInput.ts";

type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

interface Stream {
  write(text: string | Buffer): unknown;
  once?(event: "drain", listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Where the command writes, and what that place can show. */
export class Terminal {
  readonly #out: Stream;
  readonly #err: Stream;
  readonly #colours: boolean;
  /** What is typed or piped into the command. */
  readonly input: NodeJS.ReadStream | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether another program, such as a pager, has the screen, which nobody else may then write to. */
  paging = false;
  /** Whether Ctrl-C is meant for another program. */
  keysAreElsewhere = false;
  /** How many more of those keys are taken for ones that were meant for a program which has ended since. */
  lateKeys = 0;

  constructor(options: {
    in?: NodeJS.ReadStream;
    out: Stream;
    err: Stream;
    env: NodeJS.ProcessEnv;
    now: () => number;
  }) {
    this.input = options.in;
    this.#out = options.out;
    this.#err = options.err;
    this.#colours = options.out.isTTY === true && !options.env["NO_COLOR"] && options.env["TERM"] !== "dumb";
    this.now = options.now;
  }

  /** Whether a person is looking, who can be shown progress and asked. */
  get interactive(): boolean {
    return this.#err.isTTY === true && !this.paging;
  }

  /** Whether keys such as Ctrl-C reach every program on this terminal by themselves. */
  get sharesKeys(): boolean {
    return this.input?.isTTY === true || this.#out.isTTY === true || this.#err.isTTY === true;
  }

  /** How many lines the screen has on which results appear; null when they go elsewhere. */
  get screenRows(): number | null {
    // A terminal that does not know says 0.
    return this.#out.isTTY === true ? this.#out.rows || 24 : null;
  }

  /** Whether a person can be asked for something. */
  get canAsk(): boolean {
    return this.interactive && this.input?.isTTY === true;
  }

  /** A line that a person types, unseen. @throws ForkpointError BAD_REQUEST when nobody can be asked */
  async askHidden(prompt: string): Promise<string> {
    if (!this.input || !this.canAsk) {
      throw new ForkpointError(
        "BAD_REQUEST",
        "A passphrase or key file is needed, and nobody can be asked.",
        {
          hint: "Name it with --passphrase-file, --passphrase-stdin or --key-file.",
        },
      );
    }
    try {
      return await readHidden(this.input, () => this.#err.write(`${prompt}: `));
    } finally {
      this.#err.write("\n");
    }
  }

  get columns(): number {
    return this.#err.columns ?? 80;
  }

  print(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** Writes bytes as they are, no faster than they are taken. */
  async printBytes(bytes: Buffer): Promise<void> {
    if (this.#out.write(bytes) !== false || !this.#out.once) return;
    await new Promise<void>((resolve) => this.#out.once?.("drain", resolve));
  }

  printError(text: string): void {
    this.#err.write(`${text}\n`);
  }

  /** Replaces the present line on stderr, cut to the width; an empty text clears it. */
  status(text: string): void {
    this.#err.write(`\r\u001b[2K${text.slice(0, this.columns - 1)}`);
  }

  paint(colour: Colour, text: string): string {
    return this.#colours ? styleText(colour, text, { validateStream: false }) : text;
  }
}
