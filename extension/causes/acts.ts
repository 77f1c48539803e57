import * as vscode from "vscode";
import type { ActCause, ActOutcome } from "../../agent/protocol/acts.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { isOn } from "./causeSettings.ts";

/** How long nothing may have been written before the state counts as one to return to. Milliseconds. */
const quietMs = 2000;

/** Something that was told to the agent; null when it was not, or could not be. */
export type Begun = Promise<{ readonly project: string; readonly actId: string } | null>;

/** Tells the agent what begins and ends in this window. Nobody waits for it, and what fails is only logged. */
export class Acts implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  #quiet: NodeJS.Timeout | undefined;
  /** What runs, and may turn out to be worth keeping with the state before it. */
  readonly #undecided = new Set<object>();

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
  }

  /** Whether acts of this cause are wanted here and now: in a trusted folder with a timeline. */
  wants(cause: ActCause): boolean {
    return this.#works() && isOn(cause);
  }

  /** Whether a place is in the project; one that nobody knows counts as in it. */
  holds(place: vscode.Uri | undefined): boolean {
    const { location } = this.#session;
    if (place === undefined) return true;
    return place.scheme === "file" && location !== undefined && location.inside(place.fsPath) !== null;
  }

  /** @param late whether it may have changed something already */
  begin(cause: ActCause, what: string, late = false): Begun {
    const project = this.#session.project?.projectId;
    const command = what.trim().slice(0, 10_000);
    if (!this.wants(cause) || project === undefined || command === "") return Promise.resolve(null);
    return this.#tell(async () => {
      const { actId } = await this.#connection.call("act/begin", { project, cause, what: command, late });
      return { project, actId };
    });
  }

  async end(begun: Begun, exitCode: number | undefined, outcome = outcomeOf(exitCode)): Promise<void> {
    const act = await begun;
    if (!act) return;
    await this.#tell(() => this.#connection.call("act/end", { ...act, outcome, exitCode: exitCode ?? null }));
  }

  /** Something was written: once it is quiet, that is the state to go back to from what comes next. */
  written(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      if (this.#undecided.size > 0) {
        this.written();
        return;
      }
      const project = this.#session.project?.projectId;
      if (!this.#works() || project === undefined) return;
      void this.#tell(() => this.#connection.call("act/ready", { project }));
    }, quietMs);
  }

  /** Keeps the state before `what` as the one to go back to, until it is decided on. */
  undecided(what: object): void {
    this.#undecided.add(what);
  }

  decided(what: object): void {
    this.#undecided.delete(what);
  }

  dispose(): void {
    clearTimeout(this.#quiet);
  }

  #works(): boolean {
    const connected = this.#connection.state.kind === "connected";
    return connected && vscode.workspace.isTrusted && this.#session.project !== undefined;
  }

  async #tell<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (thrown) {
      const { code, message } = errorBody(thrown);
      this.#log.warn(`A snapshot before or after something could not be taken. ${code}: ${message}`);
      return null;
    }
  }
}

/** A program that was interrupted says nothing about whether it would have worked. */
function outcomeOf(exitCode: number | undefined): ActOutcome {
  if (exitCode === undefined || exitCode > 128) return "unknown";
  return exitCode === 0 ? "done" : "failed";
}
