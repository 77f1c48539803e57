import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Announce } from "../host/announce.ts";
import type { Clock } from "../host/clock.ts";
import { collectGarbage, IdleMemory } from "../host/idleMemory.ts";
import { agentExitCodes, logFile } from "../protocol/endpoint.ts";
import type { AgentInfo } from "../protocol/agentInfo.ts";
import type { Check } from "../protocol/health.ts";
import { ForkpointError, errorBody } from "../protocol/errors.ts";
import type { SupportFile } from "../protocol/support/bundle.ts";
import { protocolVersion } from "../protocol/methods.ts";
import { agentMethods } from "./agentMethods.ts";
import { AgentServer } from "./agentServer.ts";
import { Dispatcher } from "./dispatcher.ts";
import { publishEndpoint, withdrawEndpoint } from "./endpointPublication.ts";
import { FileLog } from "./fileLog.ts";
import type { Handlers } from "./handlers.ts";
import { InstanceLock } from "./instanceLock.ts";
import { Lifetime } from "./lifetime.ts";
import { RunningCalls } from "./runningCalls.ts";

/** What the rooms below give the server. */
export interface Composition {
  readonly handlers: Omit<Handlers, `agent/${string}`>;
  readonly info: AgentInfo;
  examine(signal: AbortSignal): Promise<Check[]>;
  /** Gathers what a support bundle holds. */
  support(signal: AbortSignal): Promise<SupportFile[]>;
  /** Whether something goes on that nobody waits for, such as an upload. */
  hasBackgroundWork(): boolean;
  /** Ends timers and background work; called once no call runs any more. */
  close(): Promise<void>;
}

export interface Surroundings {
  readonly home: string;
  readonly clock: Clock;
  readonly log: FileLog;
  readonly announce: Announce;
  readonly facts: AgentFacts;
}

/** What is known of an agent before it is put together. */
export type AgentFacts = Omit<AgentInfo, "privileges" | "degradations">;

/**
 * One agent's life: alone in its home, listening once everything below is ready, until it is stopped, retired
 * or idle. Prints the reason on stderr, as the last line and as JSON, when it cannot start.
 * @returns the exit status
 */
export async function runAgent(options: {
  readonly home: string;
  readonly version: string;
  readonly clock: Clock;
  /** Minutes without clients and work after which the agent ends; 0 for never. */
  readonly idleMinutes: number;
  readonly compose: (surroundings: Surroundings) => Promise<Composition>;
}): Promise<number> {
  const { home, clock } = options;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
    const lock = InstanceLock.acquire(join(home, "agent.lock"));
    const log = new FileLog(join(home, logFile), clock);
    try {
      await live({ ...options, log });
      return agentExitCodes.done;
    } catch (thrown) {
      log.error("the agent could not go on", { error: thrown });
      throw thrown;
    } finally {
      withdrawEndpoint(home);
      log.info("ended", { pid: process.pid });
      log.close();
      lock.release();
    }
  } catch (thrown) {
    if (!(thrown instanceof ForkpointError)) console.error(thrown);
    console.error(JSON.stringify({ error: errorBody(thrown) }));
    const isSecond = thrown instanceof ForkpointError && thrown.code === "AGENT_ALREADY_RUNNING";
    return isSecond ? agentExitCodes.alreadyRunning : agentExitCodes.failed;
  }
}

async function live(options: Parameters<typeof runAgent>[0] & { readonly log: FileLog }): Promise<void> {
  const { home, version, clock, log } = options;
  withdrawEndpoint(home);
  const facts: AgentFacts = {
    version,
    protocol: protocolVersion,
    pid: process.pid,
    home,
    startedAt: new Date(clock.now()).toISOString(),
    logFile: log.file,
  };
  log.info("starting", { version, pid: process.pid, node: process.version });
  // What is recovered while nobody can listen yet is announced to nobody.
  let server: AgentServer | undefined = undefined as AgentServer | undefined;
  let memory: IdleMemory | undefined = undefined as IdleMemory | undefined;
  const announce: Announce = (event, body) => {
    memory?.used();
    server?.announce(event, body);
  };
  const rooms = await options.compose({ home, clock, log, announce, facts });
  const running = new RunningCalls();
  const isBusy = () => running.count > 0 || rooms.hasBackgroundWork();
  const collect = () =>
    collectGarbage().catch((error: unknown) => log.error("memory could not be given back", { error }));
  memory = new IdleMemory({ clock, isBusy, collect });
  running.onChange(() => memory.used());
  const ours = agentMethods({
    info: rooms.info,
    log,
    stop: (mode) => (mode === "now" ? lifetime.stop() : lifetime.retire()),
    examine: (signal) => rooms.examine(signal),
    support: (signal) => rooms.support(signal),
  });
  const dispatcher = new Dispatcher({ ...rooms.handlers, ...ours }, running, log);
  server = new AgentServer({ dispatcher, clock, log, clientsChanged: () => lifetime.reconsider() });
  const lifetime = new Lifetime({
    server,
    dispatcher,
    running,
    clock,
    log,
    idleMinutes: options.idleMinutes,
    hasBackgroundWork: () => rooms.hasBackgroundWork(),
  });
  const stop = () => lifetime.stop();
  const crash = (error: unknown) => {
    log.error("an error nobody caught", { error });
    process.exit(agentExitCodes.failed);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop).on("uncaughtException", crash);
  try {
    const url = await server.listen();
    publishEndpoint(home, { url, token: server.token, pid: process.pid, version });
    log.info("listening", { url });
    lifetime.reconsider();
    log.info("no more calls", { reason: await lifetime.ended });
  } finally {
    process.off("SIGTERM", stop).off("SIGINT", stop).off("uncaughtException", crash);
    await rooms.close();
  }
}
