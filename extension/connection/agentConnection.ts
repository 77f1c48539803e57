import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import type { ErrorBody } from "../../agent/protocol/errors.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { EventBody, EventName } from "../../agent/protocol/events.ts";
import type { MethodName, Params, Result } from "../../agent/protocol/methods.ts";
import type { OperationCall } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { reconnectDelay } from "./backoff.ts";

export type ConnectionState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /** A person stopped the agent; it stays so until one asks for it again. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: ErrorBody };

type Heard<E extends EventName> = { [N in E]: { readonly name: N; readonly body: EventBody<N> } }[E];
/** What the agent tells this side. */
export type HeardEvent = Heard<"changed/machine" | "changed/timeline" | "changed/health">;

/**
 * The one connection of this window to the agent: made when first needed, made again when it breaks,
 * and left alone when a person stopped the agent.
 */
export class AgentConnection implements vscode.Disposable {
  readonly #open: (signal: AbortSignal) => Promise<AgentClient>;
  readonly #log: vscode.LogOutputChannel;
  readonly #stateChanged = new vscode.EventEmitter<ConnectionState>();
  readonly #heard = new vscode.EventEmitter<HeardEvent>();
  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidHear = this.#heard.event;
  #state: ConnectionState = { kind: "idle" };
  #client: Promise<AgentClient> | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  constructor(open: (signal: AbortSignal) => Promise<AgentClient>, log: vscode.LogOutputChannel) {
    this.#open = open;
    this.#log = log;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /**
   * Calls the agent, connecting first when needed.
   * @throws ForkpointError what the agent answers, or AGENT_UNREACHABLE
   * @throws NextStep when a person stopped the agent
   */
  async call<M extends MethodName>(
    method: M,
    params: Params<M>,
    operation: Partial<OperationCall> = {},
  ): Promise<Result<M>> {
    if (this.#state.kind === "stopped")
      throw new NextStep(l10n.t("The Forkpoint agent is stopped."), "forkpoint.startAgent");
    const client = await this.connect();
    return client.call(method, params, operation);
  }

  /** Connects, starting the agent when none runs; several callers share one attempt. */
  connect(): Promise<AgentClient> {
    this.#client ??= this.#establish();
    return this.#client;
  }

  /** Ends the agent for all windows. Nothing starts it again until somebody asks. */
  async stop(): Promise<void> {
    const client = await this.connect();
    this.#become({ kind: "stopped" });
    // It may be gone before its answer is here; gone is what was asked for.
    await client.call("agent/stop", { mode: "now" }).catch(unlessGone);
    this.#drop();
    client.dispose();
  }

  /** Starts an agent though a person stopped it before. */
  async start(): Promise<void> {
    await this.connect();
  }

  /** Ends the agent, when one runs, and starts it afresh. */
  async restart(): Promise<void> {
    if (this.#state.kind === "connected") await this.stop();
    else this.#drop();
    await this.connect();
  }

  dispose(): void {
    this.#closing.abort();
    clearTimeout(this.#retry);
    void this.#client?.then((client) => client.dispose(), ignoreReported);
    this.#stateChanged.dispose();
    this.#heard.dispose();
  }

  async #establish(): Promise<AgentClient> {
    clearTimeout(this.#retry);
    this.#become({ kind: "connecting" });
    try {
      const client = await this.#open(this.#closing.signal);
      this.#listen(client);
      this.#failures = 0;
      this.#log.info("Connected to the agent.");
      this.#become({ kind: "connected" });
      return client;
    } catch (thrown) {
      const error = errorBody(thrown);
      this.#drop();
      if (!this.#closing.signal.aborted) {
        this.#log.error(`Could not reach the agent. ${error.code}: ${error.message}`);
        this.#become({ kind: "failed", error });
        this.#tryLater();
      }
      throw thrown;
    }
  }

  #listen(client: AgentClient): void {
    let stopped = false;
    client.on("changed/machine", (body) => this.#heard.fire({ name: "changed/machine", body }));
    client.on("changed/timeline", (body) => this.#heard.fire({ name: "changed/timeline", body }));
    client.on("changed/health", (body) => this.#heard.fire({ name: "changed/health", body }));
    client.on("agent/stopping", ({ reason }) => {
      stopped = reason === "stopped";
      this.#log.info(`The agent is stopping (${reason}).`);
    });
    client.onDisconnect(() => {
      if (this.#closing.signal.aborted || this.#state.kind === "stopped") return;
      this.#drop();
      this.#log.info("The connection to the agent ended.");
      this.#become(stopped ? { kind: "stopped" } : { kind: "idle" });
      if (!stopped) this.#tryLater();
    });
  }

  #tryLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.connect().catch(ignoreReported);
    }, reconnectDelay(this.#failures));
    this.#failures += 1;
  }

  #drop(): void {
    clearTimeout(this.#retry);
    this.#client = undefined;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    if (!this.#closing.signal.aborted) this.#stateChanged.fire(state);
  }
}

function unlessGone(thrown: unknown): void {
  if (errorBody(thrown).code !== "AGENT_UNREACHABLE") throw thrown;
}

/** For promises whose failure was logged and shown through the connection's state already. */
function ignoreReported(): void {}
