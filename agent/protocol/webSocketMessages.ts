import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
} from "vscode-jsonrpc/node.js";
import { WebSocket, type RawData } from "ws";
import { maxMessageBytes } from "./endpoint.ts";
import { ForkpointError } from "./errors.ts";

/** Close codes of RFC 6455, section 7.4.1. */
export const closeCodes = { normal: 1000, goingAway: 1001, invalidData: 1007, tooBig: 1009 } as const;

/** JSON-RPC lets servers choose codes from -32000 to -32099; the meaning is in `data`, an ErrorBody. */
export const errorNumber = -32000;

/** One JSON-RPC message a WebSocket frame. What is not a JSON object ends the connection. */
export class WebSocketReader extends AbstractMessageReader {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.once("close", () => this.fireClose());
    socket.on("error", (error) => this.fireError(error));
  }

  override listen(callback: DataCallback): Disposable {
    const onMessage = (data: RawData) => {
      const message = parse(data);
      if (message) callback(message);
      else this.#socket.close(closeCodes.invalidData, "not a JSON-RPC message");
    };
    this.#socket.on("message", onMessage);
    return { dispose: () => this.#socket.off("message", onMessage) };
  }
}

/**
 * Writes one message a frame. Never rejects: whoever waits for an answer learns of a broken socket by its
 * close. An answer above the limit is replaced by an error, since the other side would hang up on it.
 */
export class WebSocketWriter extends AbstractMessageWriter {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.once("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.send(encode(message), (error) => {
        if (error) this.fireError(error, message);
        resolve();
      });
    });
  }

  end(): void {
    this.#socket.close(closeCodes.normal);
  }
}

function parse(data: RawData): Message | undefined {
  try {
    const text = Array.isArray(data) ? Buffer.concat(data).toString("utf8") : bufferOf(data).toString("utf8");
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function bufferOf(data: Buffer | ArrayBuffer): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "jsonrpc" in value && value.jsonrpc === "2.0";
}

function encode(message: Message): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= maxMessageBytes || !("id" in message) || "method" in message) return text;
  const tooBig = new ForkpointError("BAD_REQUEST", `The answer is larger than ${maxMessageBytes} bytes.`, {
    hint: "Ask for less at once, with `limit`.",
  });
  return JSON.stringify({
    jsonrpc: "2.0",
    id: message.id,
    error: { code: errorNumber, message: tooBig.message, data: tooBig.toBody() },
  });
}
