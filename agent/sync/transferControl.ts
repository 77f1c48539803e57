import type { TransferRates } from "../blobstore/byteRate.ts";
import type { Settings } from "../catalog/settings.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { PushQueue } from "./push/pushQueue.ts";
import { type TransferSettings, transferSetting, usualTransfers } from "./transferSettings.ts";

/** Whether uploads run, and how fast everything goes: what a person chose, and what needs them shut for a moment. */
export class TransferControl {
  readonly #settings: Settings;
  readonly #rates: TransferRates;
  readonly #queue: Pick<PushQueue, "open" | "shut">;
  readonly #changed: () => void;
  #isStarted = false;
  /** How many keep the queue shut for a moment. */
  #holders = 0;

  constructor(parts: {
    settings: Settings;
    /** What the stores may send and fetch; set from what was chosen. */
    rates: TransferRates;
    queue: Pick<PushQueue, "open" | "shut">;
    /** Told when the settings are others. */
    changed: () => void;
  }) {
    this.#settings = parts.settings;
    this.#rates = parts.rates;
    this.#queue = parts.queue;
    this.#changed = parts.changed;
    this.#applyLimits();
  }

  get settings(): TransferSettings {
    return this.#settings.get(transferSetting) ?? usualTransfers;
  }

  /** Resolves once no push is under way any more. */
  async pause(): Promise<void> {
    this.#change({ paused: true });
    await this.#queue.shut();
  }

  resume(): void {
    this.#change({ paused: false });
    this.#open();
  }

  /** @param limits bytes a second; null for as many as there are, and what is left out stays */
  limit(limits: Partial<Omit<TransferSettings, "paused">>): void {
    this.#change(limits);
    this.#applyLimits();
  }

  /** Lets uploads run, unless somebody does not want that. */
  start(): void {
    this.#isStarted = true;
    this.#open();
  }

  /** Uploads do not begin again; to be followed by `shut` of the queue. */
  stop(): void {
    this.#isStarted = false;
  }

  /** Runs `work` while nothing is uploaded. */
  async whileShut<T>(work: () => Promise<T>): Promise<T> {
    this.#holders++;
    try {
      await this.#queue.shut();
      return await work();
    } finally {
      this.#holders--;
      this.#open();
    }
  }

  /** @throws ForkpointError PUSH_PAUSED when something waits to be pushed and nothing is */
  assertPushes(waiting: number): void {
    if (waiting === 0 || !this.settings.paused) return;
    throw new ForkpointError("PUSH_PAUSED", "Pushing to the store is paused.");
  }

  #open(): void {
    if (this.#isStarted && this.#holders === 0 && !this.settings.paused) this.#queue.open();
  }

  #change(change: Partial<TransferSettings>): void {
    this.#settings.set(transferSetting, { ...this.settings, ...change });
    this.#changed();
  }

  #applyLimits(): void {
    const { upload, download } = this.settings;
    this.#rates.upload.limit = upload;
    this.#rates.download.limit = download;
  }
}
