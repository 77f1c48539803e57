import { once } from "node:events";
import { type Socket, connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What happens to connections; counts are in bytes of one connection. */
export interface Trouble {
  /** Let so much of the answer through, then cut the connection. */
  readonly cutAnswerAfter?: number;
  /** Let so much of the request through, then cut the connection. */
  readonly cutRequestAfter?: number;
  /** Let so much of the answer through, then nothing more, with the connection open. */
  readonly stallAnswerAfter?: number;
  /** Let the answer through in pieces of so many bytes, ten a second. */
  readonly answerPieces?: number;
  /** Let the request through and close at the first byte of the answer. */
  readonly loseAnswer?: boolean;
}

/** A link between a client and a server of this machine that can be made as bad as the real ones are. */
export class TcpProxy {
  readonly endpoint: string;
  /** Applies to what passes from now on; null: nothing is wrong. */
  trouble: Trouble | null = null;
  /** How many connections got into trouble. */
  struck = 0;
  readonly #close: () => Promise<void>;

  private constructor(endpoint: string, close: () => Promise<void>) {
    this.endpoint = endpoint;
    this.#close = close;
  }

  /** @param target as http://127.0.0.1:1234 */
  static async open(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        // One side's end is the other's; what went wrong is the business of the client under test.
        socket.on("error", () => undefined);
      }
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
      proxy.#pass(client, upstream);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    const proxy = new TcpProxy(`http://127.0.0.1:${address.port}`, async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, "close");
    });
    return proxy;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #pass(client: Socket, upstream: Socket): void {
    let struck = false;
    const strike = () => {
      if (!struck) this.struck++;
      struck = true;
    };
    const cut = () => {
      strike();
      // Only after what was let through has left, else the kernel drops it.
      client.end(() => client.destroy());
    };
    const counted = (
      from: Socket,
      to: Socket,
      limitOf: (trouble: Trouble) => number | undefined,
      end: () => void,
    ) => {
      let passed = 0;
      from.on("data", (chunk: Buffer) => {
        if (struck) return;
        const limit = this.trouble ? limitOf(this.trouble) : undefined;
        const part = limit === undefined ? chunk : chunk.subarray(0, Math.max(0, limit - passed));
        passed += part.length;
        const pieces = from === upstream ? this.trouble?.answerPieces : undefined;
        if (pieces !== undefined) {
          from.pause();
          void trickle(part, pieces, to).then(() => from.resume());
        } else if (part.length > 0 && !to.write(part)) {
          from.pause();
          to.once("drain", () => from.resume());
        }
        if (part.length < chunk.length) end();
      });
    };
    counted(client, upstream, ({ cutRequestAfter }) => cutRequestAfter, cut);
    counted(
      upstream,
      client,
      ({ cutAnswerAfter, stallAnswerAfter, loseAnswer }) =>
        loseAnswer ? 0 : (cutAnswerAfter ?? stallAnswerAfter),
      () => (this.trouble?.stallAnswerAfter === undefined ? cut() : strike()),
    );
  }
}

async function trickle(bytes: Buffer, pieceSize: number, to: Socket): Promise<void> {
  for (let at = 0; at < bytes.length && !to.destroyed; at += pieceSize) {
    to.write(bytes.subarray(at, at + pieceSize));
    await delay(100);
  }
}
