import type { PartPreview } from "../../protocol/comparison.ts";
import { restoreParts } from "../../protocol/restoreParts.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { summarizeChanges } from "../../volumes/comparison/describeChanges.ts";
import type { SortedChange } from "./sortedChanges.ts";

const mostExamples = 5;

/** How much differs in each part of the workspace, in the order of `restoreParts`. */
export function partPreviews(changes: readonly SortedChange[]): PartPreview[] {
  return restoreParts.map((part) => {
    const own = changes.filter((each) => each.part === part);
    const things = new Map<string, Buffer>();
    for (const { thing } of own) {
      things.set(thing.toString("latin1"), thing);
      if (things.size === mostExamples) break;
    }
    return {
      part,
      summary: summarizeChanges(own.map(({ change }) => change)),
      examples: [...things.values()].map(encodeVolumePath),
    };
  });
}
