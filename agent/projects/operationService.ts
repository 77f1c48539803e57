import type { Entries } from "../catalog/entries.ts";
import type { KeptEntries } from "../catalog/keptEntries.ts";
import type { OperationRow, Operations } from "../catalog/operations.ts";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import type { LongCall } from "../host/longCall.ts";
import type { Operation } from "../protocol/project.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { CheckedParams, Result } from "../protocol/methods.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { ProjectLookup } from "./projectLookup.ts";

interface Parts {
  readonly operations: Operations;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly kept: KeptEntries;
  readonly lookup: ProjectLookup;
  readonly timeline: TimelineService;
}

type Undo = Operation["undo"];

/** The log of what was done to projects and timelines, and undoing what can be undone. */
export class OperationService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Newest first. @throws ForkpointError PROJECT_NOT_FOUND */
  list({ project, before, limit, rollOffs }: CheckedParams<"operations/list">): Result<"operations/list"> {
    const projectId = project === undefined ? null : this.#parts.lookup.named(project).projectId;
    const rows = this.#parts.operations.list({ projectId, before, limit: limit + 1, rollOffs });
    return { operations: rows.slice(0, limit).map((row) => this.#view(row)), more: rows.length > limit };
  }

  /**
   * @throws ForkpointError NOTHING_TO_UNDO with what else can be done; and what `TimelineService.undo` and `undelete` throw
   */
  async undo(
    { operationId, openFiles }: CheckedParams<"operations/undo">,
    call: LongCall,
  ): Promise<Result<"operations/undo">> {
    const row = this.#parts.operations.find(operationId);
    if (!row) {
      throw new ForkpointError("NOTHING_TO_UNDO", `There is no operation ${operationId}.`, {
        hint: "List them with `forkpoint operations`.",
      });
    }
    const { detail } = row;
    const project = this.#parts.projects.byId(row.projectId);
    const { possible, hint } = this.#undoOf(row, project);
    if (!project || !possible) {
      throw new ForkpointError("NOTHING_TO_UNDO", `Operation ${operationId} cannot be undone (any more).`, {
        ...(hint === null ? {} : { hint }),
      });
    }
    const { timeline } = this.#parts;
    if (detail.kind === "restore") {
      const restored = await timeline.undo(project, { openFiles, restoreId: detail.resultId }, call);
      return { entries: [], restored };
    }
    if (detail.kind !== "delete" && detail.kind !== "rollOff") {
      throw new Error(`Nothing undoes the operation ${detail.kind}.`);
    }
    const heads = detail.kind === "delete" ? detail.heads : null;
    const { snapshotIds } = detail;
    return { entries: await timeline.undelete(project, { snapshotIds, heads }, call), restored: null };
  }

  #view(row: OperationRow): Operation {
    const { operationId, projectId, slug, author, at, detail } = row;
    const { kind } = detail;
    const snapshotIds = snapshotsOf(row);
    const [first] = snapshotIds;
    // A fork's snapshot is its parent's.
    const owner = kind === "fork" ? detail.from.projectId : projectId;
    return {
      ...{ operationId, kind, projectId, slug, author },
      at: new Date(at).toISOString(),
      snapshotIds,
      label: first === undefined ? null : this.#parts.entries.labelOf(owner, first),
      targetId: kind === "restore" ? detail.targetId : null,
      paths: kind === "restore" ? detail.paths : null,
      from: kind === "fork" ? detail.from : null,
      undo: this.#undoOf(row, this.#parts.projects.byId(projectId)),
    };
  }

  #undoOf({ projectId, detail }: OperationRow, project: ProjectRow | undefined): Undo {
    const no = (hint: string | null): Undo => ({ possible: false, until: null, hint });
    if (detail.kind === "deleteProject") {
      return no(detail.isStored && !project ? `Rebuild it with \`forkpoint pull ${projectId}\`.` : null);
    }
    if (!project) return no(null);
    if (detail.kind === "import") return no(null);
    if (detail.kind === "fork" || detail.kind === "pull") {
      return no(`Delete it with \`forkpoint project delete ${project.slug}\`.`);
    }
    if (detail.kind === "undelete") return no(null);
    if (detail.kind === "restore") {
      const { entries } = this.#parts;
      const [newest] = entries.list(projectId, { limit: 1, filter: { causes: ["restore"] } });
      const guard = detail.guardId === null ? undefined : entries.find(projectId, detail.guardId);
      if (!guard) return no(null);
      if (newest?.snapshotId === detail.resultId) return { possible: true, until: null, hint: null };
      return no(
        `Go back to what it replaced with \`forkpoint restore ${project.slug} ${guard.snapshotId}\`.`,
      );
    }
    const kept = detail.snapshotIds.flatMap((id) => this.#parts.kept.find(projectId, id) ?? []);
    if (kept.length === 0) return no(null);
    const until = Math.min(...kept.map(({ keptUntil }) => keptUntil));
    return { possible: true, until: new Date(until).toISOString(), hint: null };
  }
}

function snapshotsOf({ detail }: OperationRow): string[] {
  switch (detail.kind) {
    case "restore":
      return [detail.resultId];
    case "delete":
    case "rollOff":
    case "undelete":
      return detail.snapshotIds;
    case "fork":
      return [detail.from.snapshotId];
    case "pull":
      return [detail.snapshotId];
    case "import":
    case "deleteProject":
      return [];
  }
}
