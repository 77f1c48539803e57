import { once } from "node:events";
import { type IncomingMessage, createServer } from "node:http";

export interface AnsweringServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * A server that gives one answer, for what no real one can be brought to say at will.
 * @param answer the status and the S3 error code; "" for an answer without a body
 */
export async function answeringServer(
  answer: (request: IncomingMessage) => [status: number, code: string],
): Promise<AnsweringServer> {
  const server = createServer((request, response) => {
    const [status, code] = answer(request);
    request.resume();
    request.once("end", () => {
      response.writeHead(status, { "content-type": "application/xml" });
      response.end(
        code && `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
