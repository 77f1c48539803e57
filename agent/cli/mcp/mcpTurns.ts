import { AssistantTurns, turnName, turnQuietMs } from "../../protocol/assistantTurns.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { CliContext } from "../cliContext.ts";
import { oneLine } from "../oneLine.ts";
import type { ServedProject } from "./servedProject.ts";

interface Turn {
  readonly project: string;
  readonly actId: string;
  /** Stops listening for the end of the connection. */
  readonly forget: () => void;
}

/** The turns of the assistant behind a client, kept by the agent as acts of the served project. */
export class McpTurns {
  readonly #context: CliContext;
  readonly #served: ServedProject;
  readonly #client: () => string | undefined;
  readonly #signal: AbortSignal;
  readonly #turns: AssistantTurns<Turn>;

  /** @param parts.client what the client calls itself; @param parts.signal aborted when nothing is to begin any more */
  constructor(parts: {
    context: CliContext;
    served: ServedProject;
    client: () => string | undefined;
    signal: AbortSignal;
  }) {
    this.#context = parts.context;
    this.#served = parts.served;
    this.#client = parts.client;
    this.#signal = parts.signal;
    const quietMs = turnQuietMs(parts.context.env);
    this.#turns = new AssistantTurns(
      { begin: () => this.#begin(), end: (turn, goesOn) => this.#end(turn, goesOn) },
      () => quietMs,
    );
  }

  /** Does what a tool does, after the state before the turn is kept. */
  during<R>(work: () => Promise<R>): Promise<R> {
    return this.#turns.during(work);
  }

  /** The client is gone, and with it the turn. */
  end(): Promise<void> {
    return this.#turns.end();
  }

  async #begin(): Promise<Turn | null> {
    const signal = this.#signal;
    try {
      const agent = await this.#context.connect();
      const { projectId: project } = await this.#served.find({
        call: (method, params) => agent.call(method, params, { signal }),
      });
      const act = { project, cause: "assistant", what: turnName(this.#client()) } as const;
      const { actId } = await agent.call("act/begin", act, { signal });
      return { project, actId, forget: agent.onDisconnect(() => this.#turns.interrupted()) };
    } catch (thrown) {
      if (!signal.aborted) this.#tell("the state before this turn is not kept", thrown);
      return null;
    }
  }

  async #end({ project, actId, forget }: Turn, goesOn: boolean): Promise<void> {
    forget();
    try {
      // None is started for this alone: of what an agent's end cut off, the next start takes care.
      const agent = await (goesOn ? this.#context.connect() : this.#context.runningAgent());
      await agent?.call("act/end", { project, actId, outcome: "done" });
    } catch (thrown) {
      this.#tell("what came of this turn is in no snapshot", thrown);
    }
  }

  #tell(what: string, thrown: unknown): void {
    const { code, message } = errorBody(thrown);
    this.#context.terminal.printError(`mcp: ${what}: ${oneLine(message)} [${code}]`);
  }
}
