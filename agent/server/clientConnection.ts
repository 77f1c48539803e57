import {
  createMessageConnection,
  ProgressType,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from "vscode-jsonrpc/node.js";
import type { WebSocket } from "ws";
import type { Clock } from "../host/clock.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { EventBody, EventName, Progress } from "../protocol/events.ts";
import { errorNumber, WebSocketReader, WebSocketWriter } from "../protocol/webSocketMessages.ts";
import { ClientSession } from "./clientSession.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { endWithClient } from "./handlers.ts";
import type { RunningCall } from "./runningCalls.ts";
import { ThrottledProgress } from "./throttledProgress.ts";

/** A client that asks for more at once is broken. */
const maxCallsAtOnce = 256;
/** Progress is dropped while this many bytes wait to be read; a newer report makes up for it. */
const lateBytes = 1024 * 1024;
/** A client that lets this many bytes pile up does not read; it is cut off before it costs memory. */
const stalledBytes = 128 * 1024 * 1024;

const progressType = new ProgressType<Progress>();

/** One client: its requests in, answers, progress and events out. */
export class ClientConnection {
  readonly session: ClientSession;
  readonly #socket: WebSocket;
  readonly #connection: MessageConnection;
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #calls = new Set<RunningCall>();
  #waiting = 0;

  constructor(options: { socket: WebSocket; id: number; dispatcher: Dispatcher; clock: Clock }) {
    this.session = new ClientSession(options.id);
    this.#socket = options.socket;
    this.#dispatcher = options.dispatcher;
    this.#clock = options.clock;
    this.#connection = createMessageConnection(
      new WebSocketReader(options.socket),
      new WebSocketWriter(options.socket),
    );
    this.#connection.onRequest((method, params, token) => this.#answer(method, params, token));
    this.#connection.onClose(() => this.#ended());
    this.#connection.listen();
  }

  send<E extends EventName>(event: E, body: EventBody<E>): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > stalledBytes) this.#socket.terminate();
    else void this.#connection.sendNotification(event, body);
  }

  async #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    if (this.#waiting >= maxCallsAtOnce) {
      return refusal(new ForkpointError("BAD_REQUEST", `More than ${maxCallsAtOnce} calls at once.`));
    }
    this.#waiting++;
    const progress = new ThrottledProgress(this.#clock, this.#progressTo(params));
    let call: RunningCall | undefined;
    try {
      return await this.#dispatcher.dispatch({
        method,
        params,
        session: this.session,
        report: progress.report,
        begun: (begun) => {
          call = begun;
          this.#calls.add(begun);
          const cancel = () => begun.abort.abort(new ForkpointError("CANCELLED", "Cancelled."));
          if (token.isCancellationRequested) cancel();
          else token.onCancellationRequested(cancel);
        },
      });
    } catch (thrown) {
      return refusal(thrown as ForkpointError);
    } finally {
      this.#waiting--;
      progress.end();
      if (call) this.#calls.delete(call);
    }
  }

  #progressTo(params: unknown): (progress: Progress) => void {
    const token =
      typeof params === "object" && params !== null && "progressToken" in params
        ? params.progressToken
        : undefined;
    if (typeof token !== "number" && typeof token !== "string") return () => undefined;
    return (progress) => {
      if (this.#socket.readyState !== this.#socket.OPEN || this.#socket.bufferedAmount > lateBytes) return;
      void this.#connection.sendProgress(progressType, token, progress);
    };
  }

  #ended(): void {
    this.#connection.dispose();
    for (const { method, abort } of this.#calls) {
      if (endWithClient.has(method)) abort.abort(new ForkpointError("CANCELLED", "The client went away."));
    }
    this.session.end();
  }
}

function refusal(error: ForkpointError): ResponseError<unknown> {
  return new ResponseError(errorNumber, error.message, error.toBody());
}
