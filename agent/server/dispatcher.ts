import type { Log } from "../host/log.ts";
import { ForkpointError, type ErrorBody, errorBody } from "../protocol/errors.ts";
import type { Progress } from "../protocol/events.ts";
import { methods, type CheckedParams, type MethodName } from "../protocol/methods.ts";
import type { ClientSession } from "./clientSession.ts";
import type { Handlers } from "./handlers.ts";
import type { RunningCall, RunningCalls } from "./runningCalls.ts";

export interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly session: ClientSession;
  readonly report: (progress: Progress) => void;
  /** Told when the call has begun, with what aborts it. */
  readonly begun: (call: RunningCall) => void;
}

/** Not the greeting: who comes now shall wait for the next agent. */
const answeredWhileEnding: ReadonlySet<MethodName> = new Set<MethodName>(["agent/stop", "agent/logs"]);

/** Checks a request against the contract and runs its handler. */
export class Dispatcher {
  readonly #handlers: Handlers;
  readonly #running: RunningCalls;
  readonly #log: Log;
  #stopping = false;

  constructor(handlers: Handlers, running: RunningCalls, log: Log) {
    this.#handlers = handlers;
    this.#running = running;
    this.#log = log;
  }

  /** From here on the agent takes no new work. */
  refuseWork(): void {
    this.#stopping = true;
  }

  /**
   * @throws ForkpointError BAD_REQUEST naming the field, AGENT_STOPPING, or what the handler throws;
   * anything else that is thrown is logged with its stack and becomes INTERNAL
   */
  async dispatch(request: Request): Promise<unknown> {
    const { method } = request;
    try {
      if (!isMethod(method)) throw new ForkpointError("BAD_REQUEST", `There is no method ${quote(method)}.`);
      if (this.#stopping && !answeredWhileEnding.has(method)) {
        throw new ForkpointError("AGENT_STOPPING", "The agent is about to end and takes no new work.");
      }
      return await this.#run(method, checked(method, request.params), request);
    } catch (thrown) {
      throw this.#translate(thrown, method);
    }
  }

  async #run<M extends MethodName>(method: M, params: CheckedParams<M>, request: Request): Promise<unknown> {
    const running = this.#running.begin(method);
    try {
      request.begun(running);
      const { session, report } = request;
      return await this.#handlers[method](params, { session, report, signal: running.abort.signal });
    } finally {
      this.#running.end(running);
    }
  }

  #translate(thrown: unknown, method: string): ForkpointError {
    if (thrown instanceof ForkpointError && thrown.code !== "INTERNAL") return thrown;
    const { code, message, hint }: ErrorBody = errorBody(thrown);
    if (code === "INTERNAL") {
      const stack = thrown instanceof Error ? thrown.stack : undefined;
      this.#log.error("a call failed for a reason nobody foresaw", { method, message, stack });
    }
    return new ForkpointError(code, message, { hint });
  }
}

function isMethod(method: string): method is MethodName {
  return Object.hasOwn(methods, method);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function checked<M extends MethodName>(method: M, params: unknown): CheckedParams<M> {
  const result = methods[method].params.safeParse(params ?? {});
  if (result.success) return result.data as CheckedParams<M>;
  const { issues } = result.error;
  const field = issues[0]?.path.join(".") ?? "";
  const where = field === "" ? "the parameters" : `the parameter ${field}`;
  throw new ForkpointError("BAD_REQUEST", `${method}: ${where}: ${issues[0]?.message ?? "invalid"}.`, {
    details: { field, issues: issues.map(({ path, message }) => ({ field: path.join("."), message })) },
  });
}
