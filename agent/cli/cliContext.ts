import { resolve } from "node:path";
import type { AgentClient } from "../protocol/client/agentClient.ts";
import { connectAgent } from "../protocol/client/connectAgent.ts";
import type { Launch } from "../protocol/client/launchAgent.ts";
import type { Project } from "../protocol/project.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { MethodName, Params, Result } from "../protocol/methods.ts";
import { PagedOutput } from "./pagedOutput.ts";
import { ProgressLine } from "./progressLine.ts";
import type { Terminal } from "./terminal.ts";

/** What every verb works with: the agent, the terminal, the current directory. */
export class CliContext {
  readonly home: string;
  readonly cwd: string;
  readonly terminal: Terminal;
  readonly launch: Launch;
  readonly signal: AbortSignal;
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** What a person types to start this command, without its arguments. */
  readonly self: readonly string[];
  /** What the process ends with when nothing is thrown. */
  exitCode = 0;
  /** Aborted once the person has left the pager. */
  #left: AbortSignal | undefined;
  #client: Promise<AgentClient> | undefined;

  constructor(options: {
    home: string;
    cwd: string;
    terminal: Terminal;
    launch: Launch;
    signal: AbortSignal;
    json: boolean;
    env: NodeJS.ProcessEnv;
    self: readonly string[];
  }) {
    this.home = options.home;
    this.cwd = options.cwd;
    this.terminal = options.terminal;
    this.launch = options.launch;
    this.signal = options.signal;
    this.json = options.json;
    this.env = options.env;
    this.self = options.self;
  }

  /** Asks the agent, starting it when none runs. A person watching sees how far a long call is. */
  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const client = await this.connect();
    const line = new ProgressLine(this.terminal);
    const watched = this.terminal.interactive && !this.json;
    try {
      return await client.call(method, params, {
        signal: this.#left ? AbortSignal.any([this.signal, this.#left]) : this.signal,
        ...(watched ? { onProgress: line.show } : {}),
      });
    } finally {
      line.end();
    }
  }

  /** The connection to the agent, which is started when none runs. Made anew after it was lost or failed. */
  connect(): Promise<AgentClient> {
    return this.#client ?? this.#reached({ launch: this.launch });
  }

  /** The agent that runs; undefined when none does. Starts nothing. */
  async runningAgent(): Promise<AgentClient | undefined> {
    try {
      return await (this.#client ?? this.#reached({}));
    } catch (thrown) {
      if (thrown instanceof ForkpointError && thrown.code === "AGENT_UNREACHABLE") return undefined;
      throw thrown;
    }
  }

  /**
   * The project a person named, or the one that holds the current directory.
   * @throws ForkpointError PROJECT_NOT_FOUND
   */
  async project(named: string | undefined): Promise<Project> {
    if (named !== undefined) return this.call("project/show", { project: named });
    const { project } = await this.call("project/resolve", { path: this.cwd });
    if (project) return project;
    throw new ForkpointError("PROJECT_NOT_FOUND", `${this.cwd} lies in no project.`, {
      hint: "Name a project, go into one, or make one with `forkpoint project import DIR`.",
    });
  }

  /** Whether a word names a project, for verbs that take one in the same place as a snapshot. */
  async isProject(word: string): Promise<boolean> {
    const { projects } = await this.call("project/list", {});
    return projects.some(({ projectId, slug }) => word === projectId || word === slug);
  }

  absolute(path: string): string {
    return resolve(this.cwd, path);
  }

  /** @throws ForkpointError BAD_REQUEST, which ends the command as wrong usage */
  wrongUsage(message: string): never {
    throw new ForkpointError("BAD_REQUEST", message, { hint: "See `forkpoint --help`." });
  }

  /** Prints the result: as one line of JSON, or as text for a person. */
  show(value: unknown, text: () => string): void {
    this.terminal.print(this.json ? JSON.stringify(value) : text());
  }

  /**
   * Prints what may be long, piece by piece: through a pager when a person looks at it on a screen that it does not
   * fit on. The work ends early, and quietly, when the person has seen enough.
   */
  async page(work: (print: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
    const left = new AbortController();
    this.#left = left.signal;
    const output = new PagedOutput(this.terminal, this.env, () => left.abort());
    try {
      await work((text) => output.print(text));
    } catch (thrown) {
      if (!left.signal.aborted) throw thrown;
    } finally {
      await output.end();
      this.#left = undefined;
    }
  }

  /** As `show`, through a pager where that is due. */
  async showPaged(value: unknown, text: () => string): Promise<void> {
    if (this.json) this.show(value, text);
    else await this.page((print) => print(text()));
  }

  #reached(starting: { readonly launch?: Launch }): Promise<AgentClient> {
    const { home, signal } = this;
    const reached = connectAgent({ home, ...starting, signal, client: "cli" });
    const forget = () => {
      if (this.#client === reached) this.#client = undefined;
    };
    reached.then((client) => void client.onDisconnect(forget), forget);
    this.#client = reached;
    return reached;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    client?.dispose();
  }
}
