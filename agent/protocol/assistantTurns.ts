/** How long an assistant calls no tool until its turn counts as over. Milliseconds. */
export const usualQuietMs = 60_000;
/** The longest a timer can wait. */
const longestMs = 2 ** 31 - 1;

/** What an assistant's turn is called in the timeline; `client` is how the assistant's program calls itself. */
export function turnName(client: string | undefined): string {
  const name = client?.trim() ?? "";
  return name === "" ? "assistant" : `assistant (${name.slice(0, 100)})`;
}

/** FORKPOINT_TURN_QUIET_MS in place of the usual when that is a number above 0. */
export function turnQuietMs(env: NodeJS.ProcessEnv): number {
  const named = Number(env["FORKPOINT_TURN_QUIET_MS"]);
  return named > 0 ? Math.min(named, longestMs) : usualQuietMs;
}

/** How a turn is told to the agent. Neither may reject. */
export interface TurnActs<T> {
  /** Resolves once the state before is kept; null when it could not be, or is not wanted. */
  readonly begin: () => Promise<T | null>;
  /** @param goesOn whether another one begins right after, so that an agent is needed anyway */
  readonly end: (turn: T, goesOn: boolean) => Promise<void>;
}

/**
 * The turns of one assistant, as far as its calls of tools tell them: one begins before the first call does anything,
 * and is over when there was no call for a while, or when the assistant goes.
 */
export class AssistantTurns<T> {
  readonly #acts: TurnActs<T>;
  readonly #quietMs: () => number;
  #turn: Promise<T | null> | undefined;
  /** The end of the turn before. */
  #ended: Promise<void> = Promise.resolve();
  #calls = 0;
  #quiet: NodeJS.Timeout | undefined;
  #interrupted = false;

  constructor(acts: TurnActs<T>, quietMs: () => number) {
    this.#acts = acts;
    this.#quietMs = quietMs;
  }

  /** Does what a tool does as a part of the turn that goes on, else of a new one. A turn that cannot begin stops no tool. */
  async during<R>(work: () => Promise<R>): Promise<R> {
    clearTimeout(this.#quiet);
    this.#calls++;
    try {
      await this.#begun();
      return await work();
    } finally {
      this.#calls--;
      if (this.#calls === 0) this.#quiet = setTimeout(() => void this.end(), this.#quietMs());
    }
  }

  /** The agent that knows of the turn is gone: the next call begins another one. */
  interrupted(): void {
    this.#interrupted = this.#turn !== undefined;
  }

  /** Ends nothing any more: the agent ends a turn by itself when who began it goes. */
  leave(): void {
    clearTimeout(this.#quiet);
    this.#turn = undefined;
  }

  /** Ends the turn that goes on, if any, and waits until what came of it is kept. */
  end(): Promise<void> {
    return this.#end(false);
  }

  #end(goesOn: boolean): Promise<void> {
    clearTimeout(this.#quiet);
    this.#interrupted = false;
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn) this.#ended = this.#ended.then(() => this.#endOf(turn, goesOn));
    return this.#ended;
  }

  async #begun(): Promise<void> {
    if (this.#interrupted) void this.#end(true);
    this.#turn ??= this.#ended.then(() => this.#acts.begin());
    const turn = this.#turn;
    if ((await turn) === null && this.#turn === turn) this.#turn = undefined;
  }

  async #endOf(turn: Promise<T | null>, goesOn: boolean): Promise<void> {
    const begun = await turn;
    if (begun !== null) await this.#acts.end(begun, goesOn);
  }
}
