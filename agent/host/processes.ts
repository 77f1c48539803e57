import type { Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { execa, type ResultPromise } from "execa";
import { ForkpointError } from "../protocol/errors.ts";
import { endWith } from "./launcher/endWith.ts";
import type { Launched, ProgramLauncher } from "./launcher/programLauncher.ts";

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface Finished {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A program that runs, and whose output or input is streamed. */
export interface Running {
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  /** What it wrote to stderr, at its end; may be awaited at any time. @throws as `Processes.run` */
  readonly ended: Promise<string>;
  readonly isAtWork: () => boolean;
  /** Does nothing once it has ended. */
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** A program that ended with a status other than 0, or by a signal. */
export class ProcessFailed extends Error {
  readonly program: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(program: string, exitCode: number | undefined, stderr: string) {
    super(`${program} failed (${exitCode ?? "killed"}): ${stderr.trim().slice(-2000)}`);
    this.name = "ProcessFailed";
    this.program = program;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/**
 * The one place that starts programs: never a shell, always an argument list, a fixed locale (so that
 * messages can be recognised), and an exit status that cannot be overlooked.
 */
export class Processes {
  readonly #launcher: ProgramLauncher | null;

  /** @param launcher starts what it can; else this process does, which stands still for the longer the larger it is */
  constructor(launcher: ProgramLauncher | null = null) {
    this.#launcher = launcher;
  }

  /**
   * Runs a program to its end.
   * @throws ProcessFailed on any status but 0; ForkpointError TOOL_MISSING; AbortError when cancelled.
   */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const { input, signal } = options;
    const launched = await this.#launch(program, args, { ...options, stdin: input !== undefined });
    if (launched) {
      const running = this.#running(program, launched, signal);
      // One that reads no more of it says itself why, if that is not as it should be.
      if (input) running.stdin?.end(input);
      const [stdout, stderr] = await Promise.all([buffer(running.stdout), running.ended]);
      return { stdout, stderr };
    }
    const result = await this.#start(program, args, options);
    return { stdout: Buffer.from(result.stdout), stderr: Buffer.from(result.stderr).toString("utf8") };
  }

  /**
   * Starts a program whose output or input is streamed; nothing of its output is kept.
   * @throws as `run`
   */
  async open(
    program: string,
    args: readonly string[],
    options: Pick<RunOptions, "cwd" | "signal"> & { readonly stdin?: boolean } = {},
  ): Promise<Running> {
    const launched = await this.#launch(program, args, options);
    if (launched) return this.#running(program, launched, options.signal);
    const { stdin = false, ...others } = options;
    const { child, ended } = this.stream(program, args, { ...others, ...(stdin ? { stdin: "pipe" } : {}) });
    if (!child.stdout) throw new Error(`${program} has no output.`);
    return {
      ...{ stdin: child.stdin, stdout: child.stdout, ended },
      isAtWork: () => child.exitCode === null && child.signalCode === null,
      kill: (signal) => child.kill(signal),
    };
  }

  /**
   * As `open`, but at once, and always from here. The caller reads `stdout` or writes `stdin`, and awaits the end.
   */
  stream(
    program: string,
    args: readonly string[],
    options: Pick<RunOptions, "cwd" | "signal"> & { stdin?: "pipe" },
  ): { child: ResultPromise; ended: Promise<string> } {
    const child = execa(program, args, {
      ...this.#common(options),
      buffer: { stdout: false },
      stdin: options.stdin ?? "ignore",
    });
    const ended = child.then(
      ({ stderr }) => stderr,
      (thrown: unknown) => {
        throw translate(program, thrown, options.signal);
      },
    );
    // The caller may still be reading when the program ends; awaiting `ended` reports it all the same.
    ended.catch(() => undefined);
    return { child: child, ended };
  }

  /** null when it has to be started from here. */
  async #launch(
    program: string,
    args: readonly string[],
    { cwd, signal, stdin = false }: Pick<RunOptions, "cwd" | "signal"> & { readonly stdin?: boolean },
  ): Promise<Launched | null> {
    if (!this.#launcher || signal?.aborted) return null;
    try {
      return await this.#launcher.start(program, args, { ...(cwd === undefined ? {} : { cwd }), stdin });
    } catch (thrown) {
      throw translate(program, thrown, signal);
    }
  }

  #running(program: string, launched: Launched, signal: AbortSignal | undefined): Running {
    let isAtWork = true;
    const release = endWith(launched, signal);
    const ended = Promise.all([text(launched.stderr), launched.ended])
      .then(([stderr, { exitCode }]) => {
        if (exitCode === 0 && !signal?.aborted) return stderr;
        throw translate(program, { exitCode: exitCode ?? undefined, stderr }, signal);
      })
      .finally(() => {
        isAtWork = false;
        release();
      });
    // The caller may still be reading when the program ends; awaiting `ended` reports it all the same.
    ended.catch(() => undefined);
    const { stdin, stdout } = launched;
    return { stdin, stdout, ended, isAtWork: () => isAtWork, kill: (each) => launched.kill(each) };
  }

  #start(program: string, args: readonly string[], options: RunOptions) {
    return execa(program, args, {
      ...this.#common(options),
      encoding: "buffer",
      stripFinalNewline: false,
      maxBuffer: 512 * 1024 * 1024,
      ...(options.input ? { input: options.input } : { stdin: "ignore" as const }),
    }).catch((thrown: unknown) => {
      throw translate(program, thrown, options.signal);
    });
  }

  #common(options: RunOptions) {
    return {
      shell: false as const,
      env: { LC_ALL: "C" },
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.signal ? { cancelSignal: options.signal } : {}),
    };
  }
}

function translate(program: string, thrown: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new ForkpointError("CANCELLED", "Cancelled.", { cause: thrown });
  const failure = thrown as { code?: string; exitCode?: number; stderr?: Uint8Array | string };
  if (failure.code === "ENOENT") {
    return new ForkpointError("TOOL_MISSING", `The program ${program} is not installed.`, { cause: thrown });
  }
  const stderr =
    typeof failure.stderr === "string" ? failure.stderr : Buffer.from(failure.stderr ?? []).toString("utf8");
  return new ProcessFailed(program, failure.exitCode, stderr);
}
