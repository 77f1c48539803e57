import { z } from "zod";
import type { Setting, Settings } from "../../catalog/settings.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { StoreTidying } from "../../protocol/store.ts";
import { errorBody } from "../../protocol/errors.ts";
import type { GcReport } from "../../protocol/storeReports.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How long what is condemned stays. */
const graceHours = 24;

const Schedule = z.object({
  /** null: only when somebody asks for it. */
  everyHours: z.number().positive().nullable().default(null),
  /** Milliseconds since 1970; null for as soon as nothing else is done. */
  nextAt: z.number().nullable().default(null),
  /** Whether the next run is there to delete what the last one condemned. */
  isSecond: z.boolean().default(false),
  last: z
    .object({
      at: z.number(),
      problem: z.string().nullable(),
      deletedBytes: z.number(),
      condemnedPacks: z.number(),
    })
    .nullable()
    .default(null),
});
type Schedule = z.infer<typeof Schedule>;
const scheduleSetting: Setting<Schedule> = { key: "gcSchedule", schema: Schedule };

/**
 * Tidies the store by itself: a run that condemns, one that deletes once the grace period is over, and again
 * when the interval has passed since. Only while nothing else is done with the store.
 */
export class GcSchedule {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #isFree: () => boolean;
  readonly #collect: (graceHours: number, call: LongCall) => Promise<GcReport>;
  readonly #changed: () => void;
  #isStarted = false;
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #abort = new AbortController();

  constructor(parts: {
    settings: Settings;
    clock: Clock;
    log: Log;
    /** Whether nothing keeps a collection from being run now. */
    isFree: () => boolean;
    /** One run, which tells `noteSuccess`. */
    collect: (graceHours: number, call: LongCall) => Promise<GcReport>;
    /** Told when `show` would say something else. */
    changed: () => void;
  }) {
    this.#settings = parts.settings;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#isFree = parts.isFree;
    this.#collect = parts.collect;
    this.#changed = parts.changed;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  show(): StoreTidying {
    const { everyHours, nextAt, last } = this.#schedule;
    return {
      everyHours,
      nextAt: everyHours === null || nextAt === null ? null : isoTime(nextAt),
      last: last && { ...last, at: isoTime(last.at) },
    };
  }

  /** @param everyHours null for never */
  change(everyHours: number | null): void {
    const { last } = this.#schedule;
    const since = last && last.problem === null ? last.at : null;
    const nextAt = since === null || everyHours === null ? null : since + everyHours * hourMs;
    this.#write({ everyHours, nextAt, isSecond: false });
  }

  /** Another store is in use. */
  forget(): void {
    this.#write({ nextAt: null, isSecond: false, last: null });
  }

  /** A collection has ended well, whoever asked for it. */
  noteSuccess({ deleted, condemned, dueInMs }: GcReport): void {
    const { everyHours, isSecond } = this.#schedule;
    const at = this.#clock.now();
    const isFirst = !isSecond && dueInMs !== null;
    const waitMs = isFirst ? dueInMs : (everyHours ?? 0) * hourMs;
    const last = { at, problem: null, deletedBytes: deleted.bytes, condemnedPacks: condemned.packs };
    this.#write({ nextAt: at + waitMs, isSecond: isFirst, last });
  }

  /** Runs what is due from now on. */
  start(): void {
    this.#isStarted = true;
    this.#arm();
  }

  /** Resolves when no run of its own is under way any more; the next start goes on. */
  async close(): Promise<void> {
    this.#isStarted = false;
    this.#cancelTimer?.();
    this.#abort.abort();
    await this.#running;
  }

  get #schedule(): Schedule {
    return this.#settings.get(scheduleSetting) ?? Schedule.parse({});
  }

  #write(change: Partial<Schedule>): void {
    this.#settings.set(scheduleSetting, { ...this.#schedule, ...change });
    this.#changed();
    this.#arm();
  }

  /** Looks again by the hour: a machine sleeps, and its clock may be set. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const waitMs = this.#waitMs();
    if (!this.#isStarted || this.#running || waitMs === null) return;
    this.#cancelTimer = this.#clock.after(Math.min(Math.max(waitMs, minuteMs), hourMs), () => {
      if (this.#waitMs() === 0 && this.#isFree()) this.#start();
      else this.#arm();
    });
  }

  /** Milliseconds until a run is due; null when none ever is. */
  #waitMs(): number | null {
    const { everyHours, nextAt } = this.#schedule;
    if (everyHours === null) return null;
    // Further away than it can be: the clock was set back since.
    const longest = (everyHours + graceHours) * hourMs;
    const wait = (nextAt ?? 0) - this.#clock.now();
    return wait > longest ? 0 : Math.max(0, wait);
  }

  #start(): void {
    this.#abort = new AbortController();
    this.#running = this.#run(this.#abort.signal).finally(() => {
      this.#running = null;
      this.#changed();
      this.#arm();
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const { deleted, condemned } = await this.#collect(graceHours, { signal, report: () => undefined });
      this.#log.info("the store was tidied", { deleted, condemned });
    } catch (thrown) {
      if (signal.aborted) return;
      const { code, message } = errorBody(thrown);
      this.#log.warn("the store could not be tidied and will be later", { code, message });
      const at = this.#clock.now();
      const last = { at, problem: message, deletedBytes: 0, condemnedPacks: 0 };
      this.#write({ nextAt: at + hourMs, last });
    }
  }
}

const isoTime = (ms: number) => new Date(ms).toISOString();
