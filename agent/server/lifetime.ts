import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { EventBody } from "../protocol/events.ts";
import type { AgentServer } from "./agentServer.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { RunningCalls } from "./runningCalls.ts";

/** How long cancelled calls may take to roll back before the process ends; start-up does the rest. */
const rollBackWithinMs = 10_000;

type Reason = EventBody<"agent/stopping">["reason"];

/** Decides when the agent ends, and ends it in order. */
export class Lifetime {
  readonly #server: AgentServer;
  readonly #dispatcher: Dispatcher;
  readonly #running: RunningCalls;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #idleMs: number;
  readonly #hasBackgroundWork: () => boolean;
  /** Resolves when all calls have ended and the connections are closed. */
  readonly ended: Promise<Reason>;
  #resolveEnded: (reason: Reason) => void = () => undefined;
  #cancelIdleTimer: (() => void) | undefined;
  #ending = false;

  constructor(options: {
    server: AgentServer;
    dispatcher: Dispatcher;
    running: RunningCalls;
    clock: Clock;
    log: Log;
    /** 0 for an agent that stays. */
    idleMinutes: number;
    hasBackgroundWork: () => boolean;
  }) {
    this.#server = options.server;
    this.#dispatcher = options.dispatcher;
    this.#running = options.running;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#idleMs = options.idleMinutes * 60_000;
    this.#hasBackgroundWork = options.hasBackgroundWork;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    options.running.onChange(() => this.reconsider());
  }

  /** Starts the idle period afresh when nobody is here, and stops it when somebody is. */
  reconsider(): void {
    this.#cancelIdleTimer?.();
    this.#cancelIdleTimer = undefined;
    if (this.#ending || this.#idleMs === 0 || this.#busy()) return;
    this.#cancelIdleTimer = this.#clock.after(this.#idleMs, () => {
      if (this.#busy() || this.#hasBackgroundWork()) this.reconsider();
      else void this.#end("idle");
    });
  }

  /** Ends as soon as running calls have rolled back. */
  stop(): void {
    this.#running.abortAll(new ForkpointError("CANCELLED", "The agent was stopped."));
    if (!this.#ending) void this.#end("stopped");
  }

  /** Lets running calls finish, however long they take, and takes no new ones. */
  retire(): void {
    if (!this.#ending) void this.#end("retired");
  }

  #busy(): boolean {
    return this.#server.clientCount > 0 || this.#running.count > 0;
  }

  async #end(reason: Reason): Promise<void> {
    this.#ending = true;
    this.#cancelIdleTimer?.();
    this.#log.info("ending", { reason, running: this.#running.count });
    this.#dispatcher.refuseWork();
    this.#server.announce("agent/stopping", { reason });
    const drained = this.#running.drained();
    await (reason === "stopped" ? Promise.race([drained, this.#pause(rollBackWithinMs)]) : drained);
    // The last answers are handed to their sockets in this turn of the event loop.
    await new Promise(setImmediate);
    await this.#server.close();
    this.#resolveEnded(reason);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }
}
