import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import { connectAgent } from "../../agent/protocol/client/connectAgent.ts";
import type { Launch } from "../../agent/protocol/client/launchAgent.ts";
import { readEndpoint } from "../../agent/protocol/client/readEndpoint.ts";
import type { Pool } from "../../agent/protocol/pool.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { ErrorBody } from "../../agent/protocol/errors.ts";
import { packageVersion } from "../../agent/protocol/packageVersion.ts";
import { loopDevicesBelow, mountsBelow, processesWith, send } from "../../scripts/machine.mjs";
import { asRoot } from "./asRoot.ts";
import { adoptablePool } from "./adoptablePool.ts";
import type { Person } from "./person.ts";
import { agentScript, commandScript } from "./programs.ts";
import { stopAgent } from "./stopAgent.ts";
import { testMode } from "./testMode.ts";

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

// Agents and commands start in half the time when what they are made of is compiled once.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, "../../node_modules/.cache/compiled");

const open = new Set<Machine>();

/**
 * What one computer would be: a home of its own, the real command, the real agent, and pools in files.
 * `end` stops the agent, and unmounts and deletes everything; the end of this process does so in any case.
 */
export class Machine {
  readonly folder: string;
  readonly home: string;
  /** What commands, and the agents they start, find in their environment besides that of this process. */
  readonly env: Record<string, string> = {};
  readonly #person: Person | undefined;
  readonly #clients: AgentClient[] = [];

  /** @param person whose computer it is, when not this process's user's */
  constructor(person?: Person) {
    this.#person = person;
    this.folder = realpathSync(mkdtempSync(join(person?.scratch ?? tmpdir(), "forkpoint-machine-")));
    this.home = join(this.folder, "home");
    open.add(this);
    this.give(this.folder);
  }

  /** A machine with one pool of `mib` MiB, made by the command. */
  static async withPool(mib = 1024): Promise<Machine> {
    const machine = new Machine();
    await machine.pool(mib);
    return machine;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a folder on this machine and gives its path. */
  makeFolder(name: string): string {
    mkdirSync(this.path(name), { recursive: true });
    this.give(this.path(name));
    return this.path(name);
  }

  /** Makes what this process has put on the machine, and all below it, the person's own. */
  give(path: string): void {
    if (this.#person) asRoot("chown", ["-hR", `${this.#person.uid}:${this.#person.gid}`, "--", path]);
  }

  /** Makes a pool of `mib` MiB: by the command, or by root for it to adopt where the agent has no rights. */
  async pool(mib: number, name = "pool"): Promise<Pool> {
    const image = this.path(`${name}.img`);
    if ((this.#person?.mode ?? testMode) === "none") {
      return this.json<Pool>("pool", "adopt", adoptablePool(image, mib, this.path(name), this.#person));
    }
    return this.json<Pool>("pool", "create", "--image", image, "--size", `${mib}M`);
  }

  /** Imports a folder; gives the project, with its first entry's id. */
  async import(folder: string, ...args: string[]): Promise<Project & { snapshotId: string }> {
    return this.json("project", "import", folder, ...args);
  }

  /** Runs one command as a person would, in `cwd` when given. */
  async run(args: readonly string[], cwd = this.folder): Promise<Ran> {
    const child = this.#start(process.execPath, [commandScript, ...args], cwd);
    const status = new Promise<number>((done, failed) => {
      child.once("error", failed).once("exit", (code) => done(code ?? -1));
    });
    const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), status]);
    return { exitCode, out, err };
  }

  /** What a command prints with `--json`. @throws Error with all it printed when its status is not 0 */
  async json<T>(...args: string[]): Promise<T> {
    const ran = await this.run([...args, "--json"]);
    if (ran.exitCode !== 0) {
      throw new Error(`forkpoint ${args.join(" ")} ended with ${ran.exitCode}: ${ran.out}${ran.err}`);
    }
    return JSON.parse(ran.out) as T;
  }

  /** The error a command prints with `--json`. @throws Error unless its status is 1 or 2 and stdout empty */
  async error(...args: string[]): Promise<ErrorBody & { exitCode: number }> {
    const { exitCode, out, err } = await this.run([...args, "--json"]);
    if (exitCode === 0 || out !== "")
      throw new Error(`forkpoint ${args.join(" ")} ended with ${exitCode}: ${out}`);
    const { error } = JSON.parse(err) as { error: ErrorBody };
    if (error.hint === "" || error.message === "") throw new Error(`an error without words: ${err}`);
    return { ...error, exitCode };
  }

  /** A connection like an editor window's, to the shipped agent unless `launch` names another. */
  async connect(launch: Launch = this.agent()): Promise<AgentClient> {
    const { signal } = new AbortController();
    if (this.#person) await this.#startAgent(launch);
    const started = this.#person ? {} : { launch };
    const client = await connectAgent({ home: this.home, ...started, signal, client: "test" });
    this.#clients.push(client);
    return client;
  }

  agent(script = agentScript): Launch {
    return { node: process.execPath, script, version: packageVersion(import.meta.dirname) };
  }

  /** Starts an agent as the person, and waits until it listens; this process could start only one of its own. */
  async #startAgent({ node, script }: Launch): Promise<void> {
    if (await readEndpoint(this.home)) return;
    const child = this.#start(node, [script], this.folder);
    const said = text(child.stderr);
    while (!(await readEndpoint(this.home))) {
      if (child.exitCode !== null) throw new Error(`The agent ended with ${child.exitCode}: ${await said}`);
      await pause(20);
    }
  }

  #start(program: string, args: readonly string[], cwd: string) {
    const person = this.#person;
    const seen = person ? (path: string) => person.seen(path) : (path: string) => path;
    return spawn(seen(program), args.map(seen), {
      env: { ...(person?.env() ?? process.env), ...this.env, FORKPOINT_HOME: this.home },
      stdio: ["ignore", "pipe", "pipe"],
      cwd,
      ...(person ? { uid: person.uid, gid: person.gid } : {}),
    });
  }

  async pid(): Promise<number> {
    const pid = (await readEndpoint(this.home))?.pid;
    if (pid === undefined) throw new Error("No agent runs.");
    return pid;
  }

  async stopAgent(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.dispose();
    await stopAgent(this.home);
  }

  log(): string {
    const file = join(this.home, "logs", "agent.log");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  async end(): Promise<void> {
    try {
      await this.stopAgent();
    } finally {
      this.clear();
    }
  }

  /** Leaves nothing, whatever still runs. */
  clear(): void {
    if (!open.delete(this)) return;
    for (const { pid } of processesWith(`FORKPOINT_HOME=${this.home}`)) send(pid, "SIGKILL");
    for (const mount of mountsBelow(this.folder)) asRoot("umount", ["--lazy", "-d", mount]);
    // Those that were mounted go by themselves, once nobody uses them any more.
    for (const loop of loopDevicesBelow(this.folder)) {
      try {
        asRoot("losetup", ["--detach", loop], { stdio: "pipe" });
      } catch (thrown) {
        if (loopDevicesBelow(this.folder).includes(loop)) throw thrown;
      }
    }
    // A person may have folders that he cannot look into himself.
    asRoot("rm", ["-rf", "--", this.folder]);
  }
}

function clearAll(): void {
  for (const machine of [...open]) machine.clear();
}

process.on("exit", clearAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    clearAll();
    process.kill(process.pid, signal);
  });
}
