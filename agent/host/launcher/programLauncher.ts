import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Server, type Socket, createServer } from "node:net";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { getSystemErrorName } from "node:util";
import { launcherScript } from "./launcherScript.ts";

/** What became of a program: a status, or else the signal that ended it. */
export interface LaunchedEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that was started. Its ends are sockets instead of pipes. */
export interface Launched {
  readonly stdin: Socket | null;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** @throws LauncherGone */
  readonly ended: Promise<LaunchedEnd>;
  /** Does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/** The launcher has ended, and nobody can tell what became of what it had started. */
export class LauncherGone extends Error {
  override readonly name = "LauncherGone";
}

const tokenBytes = 16;
/** Within so many milliseconds whoever connects has to show a token. */
const introductionMs = 5000;
const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
/** Of what wait(2) says. */
const signalBits = 0x7f;

/** What is being started, or runs. */
interface Program {
  readonly ends: Promise<Socket>[];
  readonly started: PromiseWithResolvers<null>;
  readonly ended: PromiseWithResolvers<LaunchedEnd>;
}

/**
 * Starts programs by way of a small process (Perl, which every Debian has). To start one, the kernel copies the tables of
 * the pages of the process that asks for it: an agent of 110 MiB stands still for 10 to 20 ms each time.
 */
export class ProgramLauncher {
  #process: ChildProcess | null = null;
  /** That of the launcher, which is also that of its programs. */
  #environment = "";
  #hasWorked = false;
  #opening: Promise<boolean> | null = null;
  #number = 0;
  readonly #programs = new Map<number, Program>();
  /** By token. */
  readonly #awaited = new Map<string, (socket: Socket) => void>();
  readonly #introductionMs: number;

  constructor(options: { readonly introductionMs?: number } = {}) {
    this.#introductionMs = options.introductionMs ?? introductionMs;
  }

  /**
   * Starts a program in a fixed locale; null where there is no Perl that can, or the environment has changed since the
   * first one was started.
   * @throws an error whose `code` is that of exec(2) or chdir(2), such as ENOENT; LauncherGone
   */
  async start(
    program: string,
    args: readonly string[],
    { cwd = "", stdin = false }: { readonly cwd?: string; readonly stdin?: boolean } = {},
  ): Promise<Launched | null> {
    this.#opening ??= this.#open();
    if (!(await this.#opening) || environment() !== this.#environment) return null;
    const number = ++this.#number;
    const tokens = [stdin, true, true].map((isWanted) =>
      isWanted ? randomBytes(tokenBytes).toString("hex") : "",
    );
    const ends = tokens
      .filter((token) => token !== "")
      .map((token) => new Promise<Socket>((resolve) => this.#awaited.set(token, resolve)));
    const started = Promise.withResolvers<null>();
    const ended = Promise.withResolvers<LaunchedEnd>();
    ended.promise.catch(() => undefined);
    this.#programs.set(number, { ends, started, ended });
    this.#hold();
    this.#ask("start", String(number), cwd, ...tokens, program, ...args);
    try {
      await started.promise;
      this.#hasWorked = true;
    } catch (thrown) {
      for (const token of tokens) this.#awaited.delete(token);
      for (const end of ends) void end.then((socket) => socket.destroy());
      if (thrown instanceof LauncherGone && !this.#hasWorked) return null;
      throw thrown;
    }
    const [last, before, first = null] = (await Promise.all(ends)).reverse();
    if (!last || !before) throw new Error("A program has no output.");
    return {
      ...{ stdin: first, stdout: before, stderr: last, ended: ended.promise },
      kill: (signal) => this.#ask("kill", String(number), signal.slice("SIG".length)),
    };
  }

  /** Whether there is a launcher. */
  async #open(): Promise<boolean> {
    const address = `forkpoint-${randomBytes(tokenBytes).toString("hex")}`;
    const server = createServer((socket) => this.#accept(socket));
    server.listen(`\0${address}`).unref();
    await once(server, "listening");
    this.#environment = environment();
    const child = spawn("perl", ["-e", launcherScript, address], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, LC_ALL: "C" },
    });
    const isThere = await Promise.race([
      once(child, "spawn").then(() => true),
      once(child, "error").then(() => false),
    ]);
    if (!isThere) {
      server.close();
      return false;
    }
    this.#process = child;
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => this.#hear(line));
    child.once("close", () => this.#close(server));
    this.#hold();
    return true;
  }

  /** What is asked of it next starts another. */
  #close(server: Server): void {
    server.close();
    this.#process = null;
    this.#opening = this.#hasWorked ? null : Promise.resolve(false);
    const gone = new LauncherGone("What starts programs has ended.");
    for (const { started, ended } of this.#programs.values()) {
      started.reject(gone);
      ended.reject(gone);
    }
    this.#programs.clear();
  }

  /** Whoever does not know a token may not speak; any user of the machine can connect. */
  #accept(socket: Socket): void {
    const length = 2 * tokenBytes + 1;
    const read = () => {
      const line = socket.read(length) as Buffer | null;
      if (!line && !socket.readableEnded) return;
      socket.off("readable", read).setTimeout(0);
      const token = line?.toString("latin1", 0, length - 1) ?? "";
      const resolve = this.#awaited.get(token);
      this.#awaited.delete(token);
      if (resolve) resolve(socket);
      else socket.destroy();
    };
    socket.on("error", () => undefined).on("readable", read);
    // What has arrived meanwhile is looked at first: this process may have stood still.
    socket.setTimeout(this.#introductionMs, () =>
      setImmediate(() => {
        if (socket.listeners("readable").includes(read)) socket.destroy();
      }),
    );
  }

  #hear(line: string): void {
    const [number = "", what, value = ""] = line.split(" ");
    const program = this.#programs.get(Number(number));
    if (!program) return;
    if (what === "pid") program.started.resolve(null);
    else {
      this.#programs.delete(Number(number));
      this.#hold();
      if (what === "end") program.ended.resolve(endOf(Number(value)));
      else {
        const code = getSystemErrorName(-Number(value));
        program.started.reject(Object.assign(new Error(code), { code }));
      }
    }
  }

  #ask(...fields: readonly string[]): void {
    const body = Buffer.from(fields.join("\0"), "utf8");
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    this.#process?.stdin?.write(Buffer.concat([head, body]));
  }

  /** It keeps this process only while something runs. */
  #hold(): void {
    const child = this.#process;
    const pipes = [child?.stdin, child?.stdout] as (Socket | undefined)[];
    for (const each of [child, ...pipes])
      if (this.#programs.size > 0) each?.ref();
      else each?.unref();
  }
}

function environment(): string {
  return JSON.stringify(process.env);
}

function endOf(status: number): LaunchedEnd {
  const signal = status & signalBits;
  if (signal === 0) return { exitCode: status >> 8, signal: null };
  return { exitCode: null, signal: (signalNames.get(signal) ?? "SIGKILL") as NodeJS.Signals };
}
