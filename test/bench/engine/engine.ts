/** What one step took. */
export interface Spent {
  readonly seconds: number;
  /** The most memory that the program held, in bytes; of a pipeline the sum. */
  readonly peakBytes: number;
}

/** Something that keeps copies of one folder in a store, under measurement. */
export interface Engine {
  readonly name: string;
  /** Copies the folder as it is now. What it needs beforehand and a person would not wait for is not counted. */
  push(): Promise<Spent>;
  /** Copies a fork of the folder, which nobody has changed. Not there where a fork is another folder like any. */
  readonly pushFork?: () => Promise<Spent>;
  /** Rebuilds the newest copy in an empty place; gives where it lies as well. */
  pull(): Promise<Spent & { readonly path: string }>;
  /** The same where the copy before the newest is at hand already. */
  pullOnto(): Promise<Spent & { readonly path: string }>;
  /** Bytes in the store. */
  storedBytes(): Promise<number>;
  end(): Promise<void>;
}
