import type {
  Blob,
  BlobStore,
  Condition,
  ListedObject,
  Range,
} from "../../../../../agent/blobstore/blobStore.ts";
import { ForkpointError } from "../../../../../agent/protocol/errors.ts";

type Fault = "fail" | "lose" | "hang" | "cut" | "flip";

const moods: readonly (readonly Fault[])[] = [["fail", "lose", "cut"], ["hang"], ["flip"]];

/** How often the stores of a test go wrong, and how often they did. */
export class Disturbance {
  /** The share of calls that go wrong. */
  rate = 0;
  readonly hits: Record<Fault, number> = { fail: 0, lose: 0, hang: 0, cut: 0, flip: 0 };
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** What may go wrong in one process: were it all at once, none would come far. */
  mood(): readonly Fault[] {
    return moods[this.below(moods.length)] ?? [];
  }

  /** One of the faults, or none. @param weight how much likelier than others this call is to meet one */
  next(faults: readonly Fault[], weight: number): Fault | null {
    if (faults.length === 0 || this.#random() >= this.rate * weight) return null;
    return faults[this.below(faults.length)] ?? null;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

/**
 * The store of one process, which goes wrong at random. `fail`: nothing is done. `lose`: it is done, and the answer
 * is lost. `hang`: it is done or not, nothing answers, and the person in front of it cancels. `cut`: a listing breaks off.
 * `flip`: one bit of what is read is wrong; once in a process, since two that agree would be a damaged store.
 */
export class DisturbedStore implements BlobStore {
  readonly url: string;
  readonly #below: BlobStore;
  readonly #disturbance: Disturbance;
  readonly #cancel: () => void;
  readonly #mood: readonly Fault[];
  readonly #met = new Set<Fault>();

  constructor(below: BlobStore, disturbance: Disturbance, cancel: () => void) {
    this.url = below.url;
    this.#below = below;
    this.#disturbance = disturbance;
    this.#cancel = cancel;
    this.#mood = disturbance.mood();
  }

  /** Whether a failure is what has to come of the faults that there were. */
  explains(thrown: unknown): boolean {
    if (!(thrown instanceof Error)) return false;
    if (this.#met.has("hang") && thrown.name === "AbortError") return true;
    if (!(thrown instanceof ForkpointError)) return false;
    if (thrown.code === "STORE_UNREACHABLE") return this.#met.size > 0;
    const wrongBytes = [
      "OBJECT_DAMAGED",
      "OBJECT_MISSING",
      "REPOSITORY_NEWER",
      "KEY_WRONG",
      "PATH_OUTSIDE_VOLUME",
    ];
    return this.#met.has("flip") && wrongBytes.includes(thrown.code);
  }

  async get(key: string, options: { signal: AbortSignal; range?: Range }): Promise<Blob | null> {
    const fault = this.#next(["fail", "hang", "flip"], key.startsWith("packs/") ? 8 : 1);
    this.#before(fault, options.signal);
    const found = await this.#below.get(key, options);
    if (fault !== "flip" || !found || found.bytes.length === 0) return found;
    const bytes = Buffer.from(found.bytes);
    const at = this.#disturbance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#disturbance.below(8));
    return { ...found, bytes };
  }

  async put(key: string, bytes: Uint8Array, options: { signal: AbortSignal; condition?: Condition }) {
    const fault = this.#next(["fail", "lose", "hang"]);
    this.#before(fault, options.signal);
    const written = await this.#below.put(key, bytes, options);
    this.#after(fault);
    return written;
  }

  async *list(prefix: string, options: { signal: AbortSignal }): AsyncGenerator<ListedObject> {
    const fault = this.#next(["fail", "hang", "cut"]);
    this.#before(fault, options.signal);
    let left = fault === "cut" ? this.#disturbance.below(4) : Infinity;
    for await (const object of this.#below.list(prefix, options)) {
      if (left-- <= 0) break;
      yield object;
    }
    if (fault === "cut") throw unreachable();
  }

  async delete(key: string, options: { signal: AbortSignal }): Promise<void> {
    const fault = this.#next(["fail", "lose", "hang"]);
    this.#before(fault, options.signal);
    await this.#below.delete(key, options);
    this.#after(fault);
  }

  #next(faults: readonly Fault[], weight = 1): Fault | null {
    const possible = faults.filter((each) => this.#mood.includes(each));
    const fault = this.#disturbance.next(possible, weight);
    if (fault === null || (fault === "flip" && this.#met.has("flip"))) return null;
    this.#met.add(fault);
    this.#disturbance.hits[fault]++;
    return fault;
  }

  #before(fault: Fault | null, signal: AbortSignal): void {
    if (fault === "fail") throw unreachable();
    if (fault !== "hang") return;
    this.#cancel();
    signal.throwIfAborted();
  }

  #after(fault: Fault | null): void {
    if (fault === "lose") throw unreachable();
  }
}

function unreachable(): ForkpointError {
  return new ForkpointError("STORE_UNREACHABLE", "The test's store fails.");
}
