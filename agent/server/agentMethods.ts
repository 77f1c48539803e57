import type { AgentInfo } from "../protocol/agentInfo.ts";
import type { Check } from "../protocol/health.ts";
import type { SupportFile } from "../protocol/support/bundle.ts";
import type { FileLog } from "./fileLog.ts";
import type { Handlers } from "./handlers.ts";

type AgentMethods = Pick<
  Handlers,
  "agent/hello" | "agent/stop" | "agent/logs" | "agent/doctor" | "agent/support"
>;

/** Questions about the agent itself. */
export function agentMethods(parts: {
  info: AgentInfo;
  log: FileLog;
  stop: (mode: "now" | "retire") => void;
  examine: (signal: AbortSignal) => Promise<Check[]>;
  support: (signal: AbortSignal) => Promise<SupportFile[]>;
}): AgentMethods {
  return {
    "agent/hello": ({ client, version }, { session }) => {
      session.name = client;
      parts.log.info("client named itself", { client: session.id, name: client, version });
      return parts.info;
    },
    "agent/stop": ({ mode }) => {
      // The answer has to be on its way before the connection that carries it is closed.
      setImmediate(() => parts.stop(mode));
      return {};
    },
    "agent/logs": ({ lines }) => ({ file: parts.log.file, lines: parts.log.tail(lines) }),
    "agent/doctor": async (_params, { signal }) => ({ checks: await parts.examine(signal) }),
    "agent/support": async (_params, { signal }) => ({ files: await parts.support(signal) }),
  };
}
