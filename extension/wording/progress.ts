import type { Progress } from "../../agent/protocol/events.ts";
import { formatBytes } from "./sizes.ts";
import { timeLeft } from "./timeLeft.ts";

/** One line of how far a long call is: "Copying: 1.2 GB of 4 GB, 210 MB/s, 14 s left". */
export function progressLine({ message, done, total, unit, rate, secondsLeft }: Progress): string {
  const amount = (value: number) =>
    unit === "bytes" ? formatBytes(value) : Math.round(value).toLocaleString("en");
  const noun = unit === "files" ? " files" : unit === "steps" ? " steps" : "";
  const parts: string[] = [];
  if (total !== null && total > 0) parts.push(`${amount(Math.min(done, total))} of ${amount(total)}${noun}`);
  else if (done > 0) parts.push(`${amount(done)}${noun}`);
  if (rate !== null && rate > 0 && unit !== "steps") parts.push(`${amount(rate)}${noun}/s`);
  if (secondsLeft != null && total !== null && done < total) parts.push(timeLeft(secondsLeft));
  return parts.length === 0 ? message : `${message}: ${parts.join(", ")}`;
}

/** Percent of the whole, 0 to 100; null when the total is unknown. */
export function progressPercent({ done, total }: Progress): number | null {
  return total === null || total <= 0 ? null : Math.max(0, Math.min(100, (done / total) * 100));
}
