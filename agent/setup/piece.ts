/** One thing that has to be right for the helper to work. */
export interface Examined {
  /** What it is, for a person. */
  readonly name: string;

  /** What mends it when that is not running the set-up again. */
  readonly remedy?: string;

  /**
   * What is wrong with it, as a sentence; undefined when nothing is.
   * @throws NodeJS.ErrnoException EACCES where only root may look
   */
  problem(): Promise<string | undefined>;
}

/** One thing that the set-up puts on the machine. Mending is repeatable, and safe to cut off anywhere. */
export interface Piece extends Examined {
  /** Puts it in place, or right; called by root, and only when there is a problem. */
  mend(): Promise<void>;
}

/** How a piece was found. `hidden` is what only root can see. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "wrong" | "hidden";
  readonly message: string;
  /** What mends it; null when nothing is wrong. */
  readonly remedy: string | null;
}
