/** Under this many milliseconds a rate says nothing. */
const settlingMs = 500;
/** How far back it looks: long enough to be steady, short enough to follow a network that changes. */
const windowMs = 10_000;
/** Samples closer together add nothing. */
const apartMs = 100;

/** How fast a count has grown of late. */
export class RecentRate {
  #samples: { at: number; count: number }[] = [];

  /** @param at milliseconds by a clock that never goes back */
  note(at: number, count: number): void {
    const [before, newest] = [this.#samples.at(-2), this.#samples.at(-1)];
    // The newest is kept, and replaced by the next if it came soon after the one before.
    if (before && newest && newest.at - before.at < apartMs) this.#samples.pop();
    this.#samples.push({ at, count });
    while ((this.#samples[1]?.at ?? at) < at - windowMs) this.#samples.shift();
  }

  /** By the second; null while that cannot be told. */
  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < settlingMs) return null;
    return ((last.count - first.count) / (last.at - first.at)) * 1000;
  }

  /** Seconds until `total` is reached if it goes on so; null while that cannot be told. */
  secondsTo(total: number | null): number | null {
    const rate = this.perSecond();
    const done = this.#samples.at(-1)?.count ?? 0;
    if (total === null || rate === null || rate <= 0) return null;
    return Math.max(0, total - done) / rate;
  }
}
