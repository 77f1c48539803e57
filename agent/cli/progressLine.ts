import type { Progress } from "../protocol/events.ts";
import type { Terminal } from "./terminal.ts";
import { bytes, timeLeft } from "./wording.ts";

/** Keeps one line on the terminal up to date while a long call runs. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #shown = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly show = (progress: Progress): void => {
    this.#shown = true;
    this.#terminal.status(progressText(progress));
  };

  end(): void {
    if (this.#shown) this.#terminal.status("");
    this.#shown = false;
  }
}

/** "Copying 1.2 GiB of 3.4 GiB (35 %), 210 MiB/s, 11 s left". */
export function progressText({ message, done, total, unit, rate, secondsLeft }: Progress): string {
  const amount = (count: number) => (unit === "bytes" ? bytes(count) : `${Math.round(count)} ${unit}`);
  const share = total ? ` of ${amount(total)} (${Math.floor((done / total) * 100)} %)` : "";
  const speed = rate === null ? "" : `, ${amount(rate)}/s`;
  const rest = secondsLeft == null || total === null || done >= total ? "" : `, ${timeLeft(secondsLeft)}`;
  return `${message} ${amount(done)}${share}${speed}${rest}`;
}
