import type { Room } from "../protocol/retention.ts";
import { bytes } from "./wording.ts";

/** "1.2 GiB", "about 1.2 GiB", "at least 1.2 GiB". */
export function roomText({ bytes: size, certainty }: Room): string {
  const words = { exact: "", estimate: "about ", atLeast: "at least " } as const;
  return `${words[certainty]}${bytes(size)}`;
}
