import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Why a request may not become a connection; undefined when it may. Every browser sends an Origin with a
 * WebSocket, and no client of ours does, so a web page is refused whatever it knows. A foreign Host means
 * a name that was bound to this machine's loopback address.
 */
export function refuseUpgrade(request: IncomingMessage, token: string): Refusal | undefined {
  if (request.headers.origin !== undefined) return { status: 403, reason: "no web page may connect" };
  if (!loopback.test(request.headers.host ?? "")) return { status: 403, reason: "not a loopback host" };
  const authorization = request.headers.authorization;
  if (authorization === undefined) return { status: 401, reason: "no token" };
  if (!sameText(authorization, `Bearer ${token}`)) return { status: 401, reason: "wrong token" };
  return undefined;
}

/** Compares digests, so that neither the length nor the position of a difference shows in the time taken. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
