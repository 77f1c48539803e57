import type { Entry } from "../../agent/protocol/entry.ts";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { Moment } from "./snapshotUri.ts";

/** Finds the folder that holds a moment of a project on this machine. */
export class SnapshotRoots {
  readonly #connection: AgentConnection;
  readonly #known = new Map<string, Entry>();

  constructor(connection: AgentConnection) {
    this.#connection = connection;
  }

  /** The absolute path; null when there is no such snapshot any more. */
  async find(projectId: string, moment: Exclude<Moment, "nothing">): Promise<string | null> {
    if (moment === "now") {
      return (await this.#connection.call("project/show", { project: projectId })).path;
    }
    const { snapshotId } = moment;
    const entry = this.#known.get(snapshotId) ?? (await this.look(projectId, snapshotId));
    return entry?.path ?? null;
  }

  /**
   * Asks anew for a snapshot, whatever was known of it.
   * @returns null when it is not in the timeline any more
   * @throws ForkpointError what else the agent answers
   */
  async look(projectId: string, snapshotId: string): Promise<Entry | null> {
    try {
      const entry = await this.#connection.call("snapshot/show", { project: projectId, snapshotId });
      this.#known.set(snapshotId, entry);
      return entry;
    } catch (thrown) {
      if (errorBody(thrown).code !== "SNAPSHOT_NOT_FOUND") throw thrown;
      this.#known.delete(snapshotId);
      return null;
    }
  }

  /** Forgets where snapshots are: any of them may be gone. */
  forget(): void {
    this.#known.clear();
  }
}
