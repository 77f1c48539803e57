import * as l10n from "@vscode/l10n";
import { formatBytes, parseSize } from "../wording/sizes.ts";

const gibibyte = 1024 ** 3;
/** What the agent accepts at least, in bytes. */
export const smallestPool = 256 * 1024 * 1024;

/**
 * A size to offer for a new pool: 20 GiB, or half of the free space where that is less. The file grows as
 * it fills, so the size is a limit rather than a cost.
 * @returns bytes, in whole GiB where that is possible
 */
export function suggestPoolSize(freeBytes: number): number {
  const half = Math.floor(freeBytes / 2);
  if (half >= 20 * gibibyte) return 20 * gibibyte;
  if (half >= gibibyte) return Math.floor(half / gibibyte) * gibibyte;
  return smallestPool;
}

/** What is wrong with a size someone typed, or null. */
export function poolSizeProblem(text: string, freeBytes: number): string | null {
  const size = parseSize(text);
  if (size === null) return l10n.t("Type a size such as 20G or 500M.");
  if (size < smallestPool)
    return l10n.t("A pool needs at least {size}.", { size: formatBytes(smallestPool) });
  if (size > freeBytes) return l10n.t("Only {free} are free there.", { free: formatBytes(freeBytes) });
  return null;
}
