import * as l10n from "@vscode/l10n";
import type { Progress } from "../../agent/protocol/events.ts";
import { formatCount } from "./counts.ts";
import { formatBytes } from "./sizes.ts";
import { timeLeft } from "./timeLeft.ts";

const unitWords = {
  bytes: {
    of: (done: string, total: string) => l10n.t("{done} of {total}", { done, total }),
    alone: (amount: string) => amount,
    rate: (amount: string) => l10n.t("{amount}/s", { amount }),
  },
  files: {
    of: (done: string, total: string) => l10n.t("{done} of {total} files", { done, total }),
    alone: (amount: string) => l10n.t("{amount} files", { amount }),
    rate: (amount: string) => l10n.t("{amount} files/s", { amount }),
  },
  steps: {
    of: (done: string, total: string) => l10n.t("{done} of {total} steps", { done, total }),
    alone: (amount: string) => l10n.t("{amount} steps", { amount }),
    rate: null,
  },
} as const;

/** One line of how far a long call is: "Copying: 1.2 GB of 4 GB, 210 MB/s, 14 s left". */
export function progressLine({ message, done, total, unit, rate, secondsLeft }: Progress): string {
  const amount = (value: number) => (unit === "bytes" ? formatBytes(value) : formatCount(Math.round(value)));
  const words = unitWords[unit];
  const parts: string[] = [];
  if (total !== null && total > 0) parts.push(words.of(amount(Math.min(done, total)), amount(total)));
  else if (done > 0) parts.push(words.alone(amount(done)));
  if (rate !== null && rate > 0 && words.rate) parts.push(words.rate(amount(rate)));
  if (secondsLeft != null && total !== null && done < total) parts.push(timeLeft(secondsLeft));
  return parts.length === 0 ? message : `${message}: ${parts.join(", ")}`;
}

/** Percent of the whole, 0 to 100; null when the total is unknown. */
export function progressPercent({ done, total }: Progress): number | null {
  return total === null || total <= 0 ? null : Math.max(0, Math.min(100, (done / total) * 100));
}
