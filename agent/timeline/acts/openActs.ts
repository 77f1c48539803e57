import type { Clock } from "../../host/clock.ts";
import { newId } from "../../host/ids.ts";
import type { ActCause, ActOutcome } from "../../protocol/acts.ts";

/** What begins so soon after another began or ended is a part of it. Milliseconds. */
const burstMs = 4000;

/** One thing that was seen to begin: alone, or as a part of another act. */
interface Member {
  readonly cause: ActCause;
  /** The entry the workspace stood on when it began. */
  readonly headId: string | null;
}

/** Everything that makes one act, from the first that began to the last that ends. */
export interface ActGroup {
  readonly actId: string;
  readonly projectId: string;
  readonly beganAt: number;
  /** Whether what begins after its end is another act, however soon. */
  readonly alone: boolean;
  /** Whether it is no part of what else goes on, nor that of it. */
  readonly apart: boolean;
  readonly members: Map<string, Member>;
  outcome: ActOutcome | null;
  /** The first that is not 0, or else the last. */
  exitCode: number | null;
}

/** An assistant's turn is a frame around all that is done in it, whatever begins or ends in the same seconds. */
export function isApart(cause: ActCause): boolean {
  return cause === "assistant";
}

/** The acts that go on in this process, and the last one of each project that ended. */
export class OpenActs {
  readonly #clock: Clock;
  readonly #ofMember = new Map<string, ActGroup>();
  readonly #latest = new Map<string, ActGroup>();
  readonly #ended = new Map<string, { readonly actId: string; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(projectId: string, actId: string, { alone = false, apart = false } = {}): ActGroup {
    const beganAt = this.#clock.monotonic();
    const nothingYet = { members: new Map<string, Member>(), outcome: null, exitCode: null };
    const group = { actId, projectId, beganAt, alone, apart, ...nothingYet };
    if (!apart) this.#latest.set(projectId, group);
    return group;
  }

  /** @returns the name under which its end is told; of the first of a group, the act's own */
  add(group: ActGroup, member: Member): string {
    const id = this.#ofMember.has(group.actId) || group.members.size > 0 ? newId() : group.actId;
    group.members.set(id, member);
    this.#ofMember.set(id, group);
    return id;
  }

  /** Takes what ended out of its group; undefined when it does not go on. */
  end(id: string): { readonly group: ActGroup; readonly member: Member } | undefined {
    const group = this.#ofMember.get(id);
    const member = group?.members.get(id);
    if (!group || !member) return undefined;
    this.#ofMember.delete(id);
    group.members.delete(id);
    return { group, member };
  }

  close(group: ActGroup): void {
    if (group.apart) return;
    if (this.#latest.get(group.projectId) === group) this.#latest.delete(group.projectId);
    if (group.alone) this.#ended.delete(group.projectId);
    else this.#ended.set(group.projectId, { actId: group.actId, at: this.#clock.monotonic() });
  }

  /** The newest act that goes on, when it began just now. */
  justBegun(projectId: string): ActGroup | undefined {
    const group = this.#latest.get(projectId);
    return group && this.#clock.monotonic() - group.beganAt < burstMs ? group : undefined;
  }

  /** The act that ended last, when that was just now. */
  justEnded(projectId: string): string | undefined {
    const ended = this.#ended.get(projectId);
    return ended && this.#clock.monotonic() - ended.at < burstMs ? ended.actId : undefined;
  }
}
