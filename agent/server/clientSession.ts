/** What one client holds open, from its connection to its end. */
export class ClientSession {
  readonly id: number;
  readonly #held = new Map<string, () => void>();
  /** What the client calls itself, for the log. */
  name = "unnamed";
  #ended = false;

  constructor(id: number) {
    this.id = id;
  }

  /** Keeps `key` until the client goes; a key that is held already stays as it is. */
  hold(key: string, take: () => () => void): void {
    if (this.#held.has(key)) return;
    const release = take();
    if (this.#ended) release();
    else this.#held.set(key, release);
  }

  /** Does not keep `key` any more; what was taken for it stays as it is. */
  letGo(key: string): void {
    this.#held.delete(key);
  }

  end(): void {
    this.#ended = true;
    for (const release of this.#held.values()) release();
    this.#held.clear();
  }
}
