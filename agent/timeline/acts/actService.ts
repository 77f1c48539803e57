import type { ActRow } from "../../catalog/acts.ts";
import type { EntryRow } from "../../catalog/entryRow.ts";
import type { ProjectRow } from "../../catalog/projects.ts";
import { newId } from "../../host/ids.ts";
import type { LongCall } from "../../host/longCall.ts";
import type { ActCause, ActOutcome } from "../../protocol/acts.ts";
import type { Entry } from "../../protocol/entry.ts";
import type { CheckedParams, Result } from "../../protocol/methods.ts";
import type { SnapshotWish } from "../takeSnapshot.ts";
import type { TimelineParts } from "../timelineParts.ts";
import { type ActGroup, isApart, OpenActs } from "./openActs.ts";
import { ActViews } from "./actView.ts";
import type { ChangeCounting } from "./changeCounting.ts";
import { commandText, joinedText } from "./commandText.ts";
import { isFleeting, standsFor } from "./sidesOfActs.ts";
import type { Standby } from "./standby.ts";

type Parts = Pick<TimelineParts, "acts" | "entries" | "projects" | "clock" | "crashPoint" | "announce">;

/** What acts need of the timeline. The functions that get a project are called while nobody else changes it. */
export interface ActTools {
  readonly alone: <T>(
    project: ProjectRow,
    call: Pick<LongCall, "signal">,
    work: (current: ProjectRow) => Promise<T>,
  ) => Promise<T>;
  /** Makes an entry of the workspace, or of the folder `source`; null when the head is that already. */
  readonly take: (
    project: ProjectRow,
    wish: SnapshotWish,
    signal: AbortSignal,
    source?: string,
  ) => Promise<EntryRow | null>;
  readonly remove: (entry: EntryRow) => void;
  readonly view: (row: EntryRow) => Entry;
}

/** Acts: what people and programs do, with the state before and after it. */
export class ActService {
  readonly #parts: Parts;
  readonly #tools: ActTools;
  readonly #standby: Standby;
  readonly #counting: ChangeCounting;
  readonly #views: ActViews;
  readonly #open: OpenActs;

  constructor(parts: Parts, tools: ActTools, standby: Standby, counting: ChangeCounting) {
    this.#parts = parts;
    this.#tools = tools;
    this.#standby = standby;
    this.#counting = counting;
    this.#views = new ActViews(parts);
    this.#open = new OpenActs(parts.clock);
  }

  /** Ends what an earlier agent saw begin, and counts what it did not come to count. */
  start(): void {
    this.#parts.acts.cutOff(this.#parts.clock.now());
    void this.#counting.run();
  }

  /** @throws ForkpointError VOLUME_MISSING, POOL_FULL, POOL_READ_ONLY, NEEDS_ROOT, CANCELLED */
  async begin(
    project: ProjectRow,
    wish: Omit<CheckedParams<"act/begin">, "project">,
    call: LongCall,
  ): Promise<Result<"act/begin">> {
    const what = commandText(wish.what) || wish.cause;
    return this.#tools.alone(project, call, async (current) => {
      const group =
        (wish.alone || isApart(wish.cause) ? undefined : this.#joined(current, what)) ??
        (await this.#begun(current, { ...wish, what }, call.signal));
      const head = this.#head(current);
      const actId = this.#open.add(group, { cause: wish.cause, headId: head?.snapshotId ?? null });
      const before = this.#parts.acts.find(group.actId)?.beforeId;
      const row = before === undefined ? undefined : this.#parts.entries.find(project.projectId, before);
      return { actId, before: row ? this.#tools.view(row) : null };
    });
  }

  /** @throws ForkpointError as `begin` */
  async end(
    project: ProjectRow,
    wish: Omit<CheckedParams<"act/end">, "project">,
    call: LongCall,
  ): Promise<Result<"act/end">> {
    const ended = await this.#tools.alone(project, call, async (current) => {
      const found = this.#open.end(wish.actId) ?? this.#resumed(current, wish.actId);
      if (!found) return null;
      const { group, member } = found;
      if (member.cause === "test") this.#mark(current, member.headId, wish.outcome);
      group.outcome = worse(group.outcome, wish.outcome);
      if (!group.exitCode) group.exitCode = wish.exitCode ?? group.exitCode;
      if (group.members.size > 0) return null;
      return this.#close(current, group, call.signal);
    });
    if (!ended) return { entry: null, act: null };
    const counted = this.#counting.run();
    if (wish.count) await counted;
    const { projectId } = project;
    const act = this.#parts.acts.find(ended.actId);
    const entry = act?.afterId ? this.#parts.entries.find(projectId, act.afterId) : undefined;
    return { entry: entry ? this.#tools.view(entry) : null, act: act ? this.#views.of(act) : null };
  }

  /** The client that began it went away without ending it. For an assistant's turn that is an end like any other. */
  abandon(
    project: ProjectRow,
    { actId, cause }: { readonly actId: string; readonly cause: ActCause },
    call: LongCall,
  ): Promise<Result<"act/end">> {
    const outcome = cause === "assistant" ? "done" : "unknown";
    return this.end(project, { actId, outcome, exitCode: null, count: false }, call);
  }

  /** Waits until the changes of all acts that ended were counted. */
  counted(): Promise<void> {
    return this.#counting.run();
  }

  /** @throws ForkpointError VOLUME_MISSING, POOL_FULL, POOL_READ_ONLY, CANCELLED */
  async ready(project: ProjectRow, call: LongCall): Promise<void> {
    await this.#tools.alone(project, call, (current) => this.#standby.keep(current));
  }

  /** The act that goes on, when it began just now: what begins within seconds is a part of it. */
  #joined({ projectId }: ProjectRow, what: string): ActGroup | undefined {
    const group = this.#open.justBegun(projectId);
    const act = group && this.#parts.acts.find(group.actId);
    if (!act) return undefined;
    this.#parts.acts.put({ ...act, what: joinedText(act.what, what) });
    return group;
  }

  async #begun(
    project: ProjectRow,
    { cause, what, late, alone }: Pick<CheckedParams<"act/begin">, "cause" | "what" | "late" | "alone">,
    signal: AbortSignal,
  ): Promise<ActGroup> {
    const { acts, clock, crashPoint } = this.#parts;
    const { projectId } = project;
    const actId = newId();
    const how = { alone, apart: isApart(cause) };
    const begin = (beforeId: string, beforeTaken: boolean) =>
      acts.put({
        ...{ actId, projectId, cause, what, beforeId, beforeTaken, afterId: null, outcome: "running" },
        ...{ exitCode: null, beganAt: clock.now(), endedAt: null, change: null },
      });
    const head = this.#head(project);
    const source = late ? this.#standby.of(projectId) : project.path;
    if (source !== null || !head) {
      const wish = { ...unnamed(cause), alongside: (id: string) => begin(id, true) };
      const taken = await this.#tools.take(project, wish, signal, source ?? project.path);
      if (taken || !head) {
        crashPoint("act:begun");
        return this.#open.begin(projectId, actId, how);
      }
    }
    const again = alone || how.apart ? undefined : this.#again(head, what);
    if (again) return this.#open.begin(projectId, again);
    begin(head.snapshotId, false);
    crashPoint("act:begun");
    return this.#open.begin(projectId, actId, how);
  }

  /** The act that ended just now, to go on, when nothing has changed since; else undefined. */
  #again(head: EntryRow, what: string): string | undefined {
    const actId = this.#open.justEnded(head.projectId);
    const act = actId === undefined ? undefined : this.#parts.acts.find(actId);
    if (act?.afterId !== head.snapshotId) return undefined;
    this.#parts.acts.put({ ...act, what: joinedText(act.what, what), outcome: "running", endedAt: null });
    return actId;
  }

  /** An act that an earlier agent saw begin and a client still sees end. */
  #resumed({ projectId }: ProjectRow, actId: string) {
    const act = this.#parts.acts.find(actId);
    if (act?.projectId !== projectId || act.outcome !== "unknown" || act.afterId !== null) return undefined;
    const group = this.#open.begin(projectId, actId, { apart: isApart(act.cause) });
    return { group, member: { cause: act.cause, headId: act.beforeId } };
  }

  async #close(project: ProjectRow, group: ActGroup, signal: AbortSignal): Promise<ActRow | null> {
    const { acts, entries, clock, crashPoint } = this.#parts;
    const { projectId } = project;
    this.#open.close(group);
    const act = acts.find(group.actId);
    if (!act) return null;
    const outcome = group.outcome ?? "unknown";
    const ended = { ...act, outcome, exitCode: group.exitCode, endedAt: clock.now() };
    try {
      const alongside = (afterId: string) => acts.put({ ...ended, afterId, change: null });
      const entry = await this.#tools.take(project, { ...unnamed(act.cause), alongside }, signal);
      crashPoint("act:ended");
      if (entry) {
        const between = act.afterId === null ? undefined : entries.find(projectId, act.afterId);
        if (between && isFleeting(between, acts.turns(projectId))) this.#tools.remove(between);
        return ended;
      }
    } catch (thrown) {
      acts.put({ ...ended, outcome: "unknown" });
      throw thrown;
    }
    return this.#unchanged(project, ended);
  }

  /** The workspace is as the head is: that may have been taken meanwhile, or nothing has changed. */
  #unchanged(project: ProjectRow, ended: ActRow): ActRow | null {
    const { acts, announce } = this.#parts;
    const head = this.#head(project);
    const changed = head && head.snapshotId !== ended.beforeId && standsFor(ended, head);
    if (!changed && !ended.beforeTaken) {
      acts.forget(ended.actId);
      return null;
    }
    const same = changed && head.snapshotId === ended.afterId;
    acts.put({ ...ended, afterId: changed ? head.snapshotId : null, change: same ? ended.change : null });
    announce("changed/timeline", { projectId: project.projectId });
    return ended;
  }

  #mark({ projectId }: ProjectRow, snapshotId: string | null, outcome: ActOutcome): void {
    if (snapshotId === null || outcome === "unknown") return;
    const tests = outcome === "done" ? "passed" : "failed";
    this.#parts.entries.change(projectId, snapshotId, { tests });
    this.#parts.announce("changed/timeline", { projectId });
  }

  #head({ projectId }: ProjectRow): EntryRow | undefined {
    const headId = this.#parts.projects.byId(projectId)?.headSnapshotId ?? null;
    return headId === null ? undefined : this.#parts.entries.find(projectId, headId);
  }
}

function unnamed(cause: ActCause) {
  return { cause, label: null, note: null, pinned: false };
}

const severity = ["done", "unknown", "failed"] as const satisfies readonly ActOutcome[];

function worse(one: ActOutcome | null, other: ActOutcome): ActOutcome {
  if (one === null) return other;
  return severity.indexOf(one) > severity.indexOf(other) ? one : other;
}
