/** A buffer of which several parts are in use; it is released once nobody uses any. */
export class SharedBytes {
  readonly #release: () => void;
  #users = 1;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** One more use; gives what ends it, to be called once. */
  use(): () => void {
    this.#users++;
    return () => this.#leave();
  }

  /** Ends the use of whoever made it. */
  close(): void {
    this.#leave();
  }

  #leave(): void {
    if (--this.#users === 0) this.#release();
  }
}
