import type { Room } from "../../agent/protocol/retention.ts";
import { formatBytes } from "./sizes.ts";

/** "1.2 GB", "about 1.2 GB", "at least 1.2 GB". */
export function roomText({ bytes, certainty }: Room): string {
  const words = { exact: "", estimate: "about ", atLeast: "at least " } as const;
  return `${words[certainty]}${formatBytes(bytes)}`;
}

/** "Deleting these three frees 1.2 GB." */
export function freesText(amount: number, room: Room): string {
  const few = ["", "it", "these two", "these three", "these four", "these five"];
  const what = few[amount] ?? `these ${amount.toLocaleString("en")}`;
  return `Deleting ${what} frees ${roomText(room)}.`;
}
