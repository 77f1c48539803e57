import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { maxMessageBytes } from "../protocol/endpoint.ts";
import type { EventBody, EventName } from "../protocol/events.ts";
import { closeCodes } from "../protocol/webSocketMessages.ts";
import { ClientConnection } from "./clientConnection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { refuseUpgrade } from "./upgradeCheck.ts";

/** How long a client may take to answer the closing handshake. */
const closeWithinMs = 1000;

/** Listens on loopback, lets in who knows the token, and keeps the connections. */
export class AgentServer {
  /** 256 random bits, base64url. */
  readonly token = randomBytes(32).toString("base64url");
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  readonly #clients = new Set<ClientConnection>();
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #clientsChanged: () => void;
  #lastId = 0;

  constructor(options: { dispatcher: Dispatcher; clock: Clock; log: Log; clientsChanged: () => void }) {
    this.#dispatcher = options.dispatcher;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#clientsChanged = options.clientsChanged;
    this.#http = createServer((_request, response) => {
      response.writeHead(426, { "content-type": "text/plain" }).end("This is no web page.\n");
    });
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Resolves with the address clients connect to. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#http.once("error", reject);
      this.#http.listen(0, "127.0.0.1", () => {
        const { port } = this.#http.address() as AddressInfo;
        resolve(`ws://127.0.0.1:${port}`);
      });
    });
  }

  readonly announce = <E extends EventName>(event: E, body: EventBody<E>): void => {
    for (const client of this.#clients) client.send(event, body);
  };

  /** Closes every connection and stops listening. */
  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    const gone = Array.from(this.#sockets.clients, (socket) => once(socket, "close"));
    for (const socket of this.#sockets.clients) socket.close(closeCodes.goingAway, "the agent ends");
    const cancel = this.#clock.after(closeWithinMs, () => {
      for (const socket of this.#sockets.clients) socket.terminate();
      this.#http.closeAllConnections();
    });
    await Promise.all([stopped, ...gone]);
    cancel();
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", () => stream.destroy());
    const refusal = refuseUpgrade(request, this.token);
    if (refusal) {
      this.#log.warn("refused a connection", { ...refusal });
      const status = `${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}`;
      stream.end(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${refusal.reason}\n`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      const id = ++this.#lastId;
      const client = new ClientConnection({ socket, id, dispatcher: this.#dispatcher, clock: this.#clock });
      this.#clients.add(client);
      this.#log.info("client connected", { client: id });
      socket.once("close", (code) => {
        this.#clients.delete(client);
        this.#log.info("client gone", { client: id, name: client.session.name, code });
        this.#clientsChanged();
      });
      this.#clientsChanged();
    });
  }
}
