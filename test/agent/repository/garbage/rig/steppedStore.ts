import { setImmediate } from "node:timers/promises";
import type { Blob, BlobStore, Condition, Range } from "../../../../../agent/blobstore/blobStore.ts";

/** The actor was killed. */
export class Killed extends Error {}

interface Step {
  readonly actor: string;
  readonly name: string;
  readonly go: () => void;
  readonly kill: () => void;
}

/** Lets the requests of several actors reach one store one at a time, in an order that the seed gives. */
export class Steps {
  readonly #random: () => number;
  readonly #pending: Step[] = [];
  readonly #dead = new Set<string>();
  /** Actors that are suspended, until which step. */
  readonly #asleep = new Map<string, number>();
  #step = 0;
  /** Called before each step, with the requests that are about to be made. */
  beforeStep: (pending: readonly string[]) => void = () => undefined;
  /** Whether its actor may fall asleep before this request. */
  maySleep: (name: string) => boolean = () => true;
  /** How likely a step is to be put off for long. */
  sleepRate = 0;
  /** How likely a step is to be the last of its actor. */
  killRate = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Resolves when it is the actor's turn. @throws Killed */
  turn(actor: string, name: string): Promise<void> {
    if (this.#dead.has(actor)) return Promise.reject(new Killed(actor));
    return new Promise((resolve, reject) => {
      const kill = () => reject(new Killed(actor));
      this.#pending.push({ actor, name, go: resolve, kill });
    });
  }

  /** An actor of this name begins. */
  revive(actor: string): void {
    this.#dead.delete(actor);
  }

  /** The actor does nothing for so many steps, as long as others do something. */
  suspend(actor: string, steps: number): void {
    this.#asleep.set(actor, this.#step + steps);
  }

  /** Runs until all the work has ended. */
  async run(work: readonly Promise<unknown>[]): Promise<void> {
    let running = true;
    const all = Promise.allSettled(work).then((ended) => {
      running = false;
      const failed = ended.find((each) => each.status === "rejected" && !(each.reason instanceof Killed)) as
        PromiseRejectedResult | undefined;
      if (failed) throw failed.reason;
    });
    all.catch(() => undefined);
    const isRunning = () => running;
    while (isRunning()) {
      // Whoever went on gets to its next request first.
      await setImmediate();
      await setImmediate();
      if (this.#pending.length === 0) continue;
      this.#step++;
      this.beforeStep(this.#pending.map(({ name }) => name));
      const awake = this.#pending.filter(({ actor }) => (this.#asleep.get(actor) ?? 0) < this.#step);
      const ready = awake.length > 0 ? awake : this.#pending;
      const step = ready[Math.floor(this.#random() * ready.length)];
      if (!step) continue;
      if (this.maySleep(step.name) && awake.length > 0 && this.#random() < this.sleepRate) {
        this.#asleep.set(step.actor, this.#step + Math.floor(this.#random() * 300));
        continue;
      }
      this.#pending.splice(this.#pending.indexOf(step), 1);
      if (this.#random() < this.killRate) this.#kill(step);
      else step.go();
    }
    await all;
  }

  #kill(step: Step): void {
    this.#dead.add(step.actor);
    step.kill();
    for (const other of this.#pending.filter(({ actor }) => actor === step.actor)) {
      this.#pending.splice(this.#pending.indexOf(other), 1);
      other.kill();
    }
  }
}

/** A store whose requests wait for their turn, on the way there and on the way back. */
export class SteppedStore implements BlobStore {
  readonly url = "memory:";
  readonly #below: BlobStore;
  readonly #steps: Steps;
  readonly #actor: string;

  constructor(below: BlobStore, steps: Steps, actor: string) {
    this.#below = below;
    this.#steps = steps;
    this.#actor = actor;
  }

  async get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    await this.#steps.turn(this.#actor, `get ${key}`);
    return this.#below.get(key, options);
  }

  async put(key: string, bytes: Uint8Array, options: { signal: AbortSignal; condition?: Condition }) {
    await this.#steps.turn(this.#actor, `put ${key}`);
    const written = await this.#below.put(key, bytes, options);
    await this.#steps.turn(this.#actor, "back");
    return written;
  }

  async *list(prefix: string, options: { signal: AbortSignal }) {
    await this.#steps.turn(this.#actor, `list ${prefix}`);
    yield* this.#below.list(prefix, options);
  }

  async delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    await this.#steps.turn(this.#actor, `delete ${key}`);
    await this.#below.delete(key, options);
  }
}
