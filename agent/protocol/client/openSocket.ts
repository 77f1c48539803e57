import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { maxMessageBytes, type Endpoint } from "../endpoint.ts";
import { ForkpointError } from "../errors.ts";
import { AgentClient } from "./agentClient.ts";

/**
 * Connects to an agent at a known endpoint.
 * @throws ForkpointError UNAUTHORIZED when it refuses the token, AGENT_UNREACHABLE when nobody answers there
 */
export function openSocket(endpoint: Endpoint, signal: AbortSignal): Promise<AgentClient> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw new ForkpointError("CANCELLED", "Cancelled.");
    const socket = new WebSocket(endpoint.url, {
      headers: { authorization: `Bearer ${endpoint.token}` },
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    });
    const abort = () => socket.terminate();
    const fail = (error: ForkpointError) => {
      signal.removeEventListener("abort", abort);
      reject(signal.aborted ? new ForkpointError("CANCELLED", "Cancelled.") : error);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.on("error", (cause) => fail(unreachable(`Nobody answers at ${endpoint.url}.`, cause)));
    socket.once("unexpected-response", (_request, response) => {
      fail(refusal(response));
      socket.terminate();
    });
    socket.once("open", () => {
      signal.removeEventListener("abort", abort);
      resolve(new AgentClient(socket));
    });
  });
}

function refusal(response: IncomingMessage): ForkpointError {
  const status = response.statusCode ?? 0;
  if (status === 401) return new ForkpointError("UNAUTHORIZED", "The agent refused the token.");
  return unreachable(`The agent refused the connection with status ${status}.`);
}

function unreachable(message: string, cause?: unknown): ForkpointError {
  return new ForkpointError("AGENT_UNREACHABLE", message, { cause });
}
