import { execa, type ResultPromise } from "execa";
import { ForkpointError } from "../protocol/errors.ts";
import { launchedRun } from "./launcher/launchedRun.ts";
import { LauncherGone, type ProgramLauncher } from "./launcher/programLauncher.ts";

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface Finished {
  readonly stdout: Buffer;
  readonly stderr: string;
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
    const launched = await this.#launch(program, args, options);
    if (launched) return launched;
    const result = await this.#start(program, args, options);
    return { stdout: Buffer.from(result.stdout), stderr: Buffer.from(result.stderr).toString("utf8") };
  }

  /**
   * Starts a program whose output or input is streamed. The promise behaves as for `run`, but stdout is
   * not kept. The caller reads `stdout` or writes `stdin`, and awaits the end.
   */
  stream(
    program: string,
    args: readonly string[],
    options: Pick<RunOptions, "cwd" | "signal"> & { stdin?: "pipe" },
  ): { child: ResultPromise; ended: Promise<void> } {
    const child = execa(program, args, {
      ...this.#common(options),
      buffer: { stdout: false },
      stdin: options.stdin ?? "ignore",
    });
    const ended = child.then(
      () => undefined,
      (thrown: unknown) => {
        throw translate(program, thrown, options.signal);
      },
    );
    // The caller may still be reading when the program ends; awaiting `ended` reports it all the same.
    ended.catch(() => undefined);
    return { child: child, ended };
  }

  /** As `run`; null when it has to be started from here. */
  async #launch(program: string, args: readonly string[], options: RunOptions): Promise<Finished | null> {
    const { cwd, input, signal } = options;
    if (!this.#launcher || signal?.aborted) return null;
    try {
      const stdin = input !== undefined;
      const launched = await this.#launcher.start(program, args, {
        ...(cwd === undefined ? {} : { cwd }),
        stdin,
      });
      if (!launched) return null;
      const { exitCode, stdout, stderr } = await launchedRun(launched, { input, signal });
      if (exitCode === 0 && !signal?.aborted) return { stdout, stderr };
      throw Object.assign(new Error(`${program} failed.`), { exitCode: exitCode ?? undefined, stderr });
    } catch (thrown) {
      if (thrown instanceof LauncherGone) throw thrown;
      throw translate(program, thrown, signal);
    }
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
