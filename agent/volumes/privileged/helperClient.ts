import type { Readable, Writable } from "node:stream";
import { ProcessFailed, type Processes } from "../../host/processes.ts";
import { ForkpointError, isErrorCode } from "../../protocol/errors.ts";
import { HelperFailure, type HelperRequest } from "./helperContract.ts";
import { helperCommand } from "./helperPlaces.ts";

/** How long a helper that was started ahead waits for work. */
const spareMs = 10_000;

/** A helper that runs and has what was asked. */
export interface HelperCall {
  readonly input: Writable;
  readonly output: Readable;
  /** @throws ForkpointError as the helper says; HELPER_BROKEN when it says nothing */
  readonly ended: Promise<void>;
  /** Makes the helper give up: it is root's and cannot be killed from here, but ends with its input. */
  giveUp(): void;
}

/**
 * Calls the helper through sudo. Most of a call is the start of a program, so after each call one more helper
 * is started ahead and waits for its request; it ends after some seconds, or with this process.
 */
export class HelperClient {
  readonly #processes: Processes;
  readonly #command: readonly string[];
  #spare: ReturnType<typeof launch> | null = null;
  #ending: NodeJS.Timeout | undefined;

  constructor(processes: Processes, lib: string, uid: number) {
    this.#processes = processes;
    this.#command = helperCommand(lib, uid);
  }

  /** Asks for something that is answered by one line of JSON, and gives that. @throws as `HelperCall.ended` */
  async ask(request: HelperRequest): Promise<unknown> {
    const call = this.begin(request);
    const answer = await collect(call.output);
    await call.ended;
    call.input.end();
    try {
      return JSON.parse(answer);
    } catch (thrown) {
      throw new ForkpointError("HELPER_BROKEN", "The helper gave no answer.", { cause: thrown });
    }
  }

  begin(request: HelperRequest): HelperCall {
    const { child, input, output, ended } = this.#take();
    child.ref();
    // What went wrong is what the helper says, not that it reads no more.
    input.on("error", () => undefined);
    input.write(`${JSON.stringify(request)}\n`);
    return {
      input,
      output,
      ended: ended.then(
        () => this.#prepare(),
        (thrown: unknown) => {
          throw asFailure(thrown);
        },
      ),
      giveUp() {
        input.destroy();
        output.destroy();
      },
    };
  }

  /** Ends the helper that waits. */
  close(): void {
    clearTimeout(this.#ending);
    this.#spare?.input.end();
    this.#spare = null;
  }

  #take(): ReturnType<typeof launch> {
    clearTimeout(this.#ending);
    const spare = this.#spare;
    this.#spare = null;
    const waits = spare !== null && spare.child.exitCode === null && spare.child.signalCode === null;
    return waits ? spare : launch(this.#processes, this.#command);
  }

  #prepare(): void {
    if (this.#spare) return;
    const spare = launch(this.#processes, this.#command);
    // It must not keep this process, which its input ends with.
    spare.child.unref();
    this.#spare = spare;
    this.#ending = setTimeout(() => this.close(), spareMs).unref();
  }
}

function launch(processes: Processes, command: readonly string[]) {
  const { child, ended } = processes.stream("sudo", ["-n", "--", ...command], { stdin: "pipe" });
  const { stdin: input, stdout: output } = child;
  if (!input || !output) throw new Error("sudo has no pipes.");
  return { child, input, output, ended };
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function asFailure(thrown: unknown): unknown {
  if (!(thrown instanceof ProcessFailed)) return thrown;
  for (const line of thrown.stderr.split("\n")) {
    const said = parseFailure(line);
    if (said) return said;
  }
  return new ForkpointError("HELPER_BROKEN", `The helper ended without a word: ${thrown.message}`, {
    cause: thrown,
  });
}

function parseFailure(line: string): ForkpointError | null {
  if (!line.startsWith("{")) return null;
  try {
    const { code, message, hint } = HelperFailure.parse(JSON.parse(line)).error;
    return new ForkpointError(isErrorCode(code) ? code : "INTERNAL", message, { hint });
  } catch {
    return null;
  }
}
