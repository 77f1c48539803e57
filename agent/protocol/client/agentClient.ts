import { CancellationTokenSource, createMessageConnection, ProgressType } from "vscode-jsonrpc/node.js";
import type { MessageConnection } from "vscode-jsonrpc/node.js";
import type { WebSocket } from "ws";
import { maxMessageBytes } from "../endpoint.ts";
import { ForkpointError, isErrorCode } from "../errors.ts";
import type { EventBody, EventName, Progress } from "../events.ts";
import type { MethodName, Params, Result } from "../methods.ts";
import { closeCodes, WebSocketReader, WebSocketWriter } from "../webSocketMessages.ts";

const progressType = new ProgressType<Progress>();

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at most ten times a second, and only by methods marked `long`. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One connection to the agent: typed calls out, events in. */
export class AgentClient {
  readonly #connection: MessageConnection;
  readonly #socket: WebSocket;
  readonly #disconnectHandlers = new Set<() => void>();
  readonly #eventHandlers = new Map<string, Set<(body: never) => void>>();
  #connected = true;
  #lastToken = 0;

  /** Takes over an open socket. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#connection = createMessageConnection(new WebSocketReader(socket), new WebSocketWriter(socket));
    this.#connection.onNotification((event, body) => this.#deliver(event, body));
    this.#connection.onClose(() => this.#ended());
    this.#connection.listen();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /**
   * Asks the agent. Aborting the signal asks it to stop; the promise settles when the agent has answered,
   * so that a cancelled change is known to be rolled back.
   * @throws ForkpointError what the agent answered, or AGENT_UNREACHABLE when it went away
   */
  async call<M extends MethodName>(
    method: M,
    params: Params<M>,
    options: CallOptions = {},
  ): Promise<Result<M>> {
    if (!this.#connected) throw gone(method);
    if (options.signal?.aborted) throw new ForkpointError("CANCELLED", "Cancelled.");
    if (Buffer.byteLength(JSON.stringify(params)) > maxMessageBytes - 1024) {
      throw new ForkpointError("BAD_REQUEST", `The request is larger than ${maxMessageBytes} bytes.`);
    }
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    options.signal?.addEventListener("abort", cancel, { once: true });
    const { onProgress } = options;
    const token = onProgress ? ++this.#lastToken : undefined;
    const progress =
      onProgress && token !== undefined
        ? this.#connection.onProgress(progressType, token, onProgress)
        : undefined;
    try {
      const sent = token === undefined ? params : { ...params, progressToken: token };
      return await this.#connection.sendRequest<Result<M>>(method, sent, cancellation.token);
    } catch (thrown) {
      throw answeredError(thrown) ?? gone(method, thrown);
    } finally {
      options.signal?.removeEventListener("abort", cancel);
      progress?.dispose();
      cancellation.dispose();
    }
  }

  /** Subscribes to an event; the returned function ends the subscription. */
  on<E extends EventName>(event: E, handler: (body: EventBody<E>) => void): () => void {
    const handlers = this.#eventHandlers.get(event) ?? new Set();
    this.#eventHandlers.set(event, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** Calls back once when the agent goes away; not after `dispose`. */
  onDisconnect(handler: () => void): () => void {
    this.#disconnectHandlers.add(handler);
    return () => this.#disconnectHandlers.delete(handler);
  }

  /** Closes the connection. Calls that still wait reject; changes under way are finished by the agent. */
  dispose(): void {
    this.#disconnectHandlers.clear();
    this.#eventHandlers.clear();
    this.#ended();
    this.#socket.close(closeCodes.normal);
  }

  #deliver(event: string, body: unknown): void {
    for (const handler of this.#eventHandlers.get(event) ?? []) handler(body as never);
  }

  #ended(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#connection.dispose();
    for (const handler of this.#disconnectHandlers) handler();
    this.#disconnectHandlers.clear();
  }
}

function answeredError(thrown: unknown): ForkpointError | undefined {
  const data = thrown instanceof Error && "data" in thrown ? thrown.data : undefined;
  if (typeof data !== "object" || data === null || !("code" in data) || !("message" in data))
    return undefined;
  // An agent of another version may know codes that this side does not.
  const code = isErrorCode(data.code) ? data.code : "INTERNAL";
  return new ForkpointError(code, String(data.message), {
    ...("hint" in data ? { hint: String(data.hint) } : {}),
    ...("details" in data ? { details: data.details as Readonly<Record<string, unknown>> } : {}),
    cause: thrown,
  });
}

function gone(method: string, cause?: unknown): ForkpointError {
  return new ForkpointError("AGENT_UNREACHABLE", `The agent ended before it answered ${method}.`, { cause });
}
