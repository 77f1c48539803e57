import { type ProjectRow, rulesOf } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import { RetentionRules } from "../protocol/retention.ts";
import type { EntryList } from "./entryList.ts";
import { isAutomatic, judgeEntries } from "./retention.ts";
import { retentionFacts } from "./retentionFacts.ts";
import type { EntrySizes } from "./sizes/entrySizes.ts";
import type { TimelineParts } from "./timelineParts.ts";

type Wish<M extends `timeline/${"retention" | "sizes"}`> = Omit<CheckedParams<M>, "project">;

/** What retention keeps and what deleting would free; nothing is deleted here. */
export class RetentionReading {
  readonly #parts: Pick<TimelineParts, "entries" | "acts" | "projects">;
  readonly #entries: EntryList;
  readonly #sizes: EntrySizes;

  constructor(
    parts: Pick<TimelineParts, "entries" | "acts" | "projects">,
    entries: EntryList,
    sizes: EntrySizes,
  ) {
    this.#parts = parts;
    this.#entries = entries;
    this.#sizes = sizes;
  }

  /** What becomes of each entry with the project's rules, or those given instead. @throws ForkpointError CANCELLED */
  async retention(
    project: ProjectRow,
    { rules: given, measure }: Wish<"timeline/retention">,
    call: LongCall,
  ): Promise<Result<"timeline/retention">> {
    if (measure) await this.#sizes.measure(project, call);
    const rules = RetentionRules.parse({ ...rulesOf(project), ...given });
    const facts = retentionFacts(this.#parts, project);
    const judged = judgeEntries(this.#parts.entries.list(project.projectId), rules, facts);
    const going = judged.filter(({ reasons }) => reasons.length === 0);
    const sizes = measure ? await this.#sizes.sizes(project) : null;
    return {
      rules,
      judged: judged.map(({ entry, reasons }) => ({
        entry: this.#entries.view(entry),
        reasons: [...reasons],
        automatic: isAutomatic(entry),
      })),
      room: sizes && sizes.together(going.map(({ entry }) => entry.snapshotId)),
    };
  }

  /** @throws ForkpointError SNAPSHOT_NOT_FOUND, CANCELLED */
  async sizes(
    project: ProjectRow,
    { snapshotIds, wait }: Wish<"timeline/sizes">,
    call: LongCall,
  ): Promise<Result<"timeline/sizes">> {
    const ids = snapshotIds.map((name) => this.#entries.named(project.projectId, name).snapshotId);
    if (wait) await this.#sizes.measure(project, call);
    else if (!(await this.#sizes.isMeasured(project))) return { sizes: null, together: null };
    const sizes = await this.#sizes.sizes(project);
    return {
      sizes: ids.map((snapshotId) => ({ snapshotId, room: sizes.of(snapshotId) })),
      together: sizes.together(ids),
    };
  }
}
