import type { AgentConnection } from "../connection/agentConnection.ts";
import type { Moment } from "./snapshotUri.ts";

const pageSize = 1000;

/** Finds the folder that holds a moment of a project on this machine. */
export class SnapshotRoots {
  readonly #connection: AgentConnection;
  readonly #known = new Map<string, string>();

  constructor(connection: AgentConnection) {
    this.#connection = connection;
  }

  /** The absolute path; null when there is no such snapshot any more. */
  async find(projectId: string, moment: Exclude<Moment, "nothing">): Promise<string | null> {
    if (moment === "now") {
      return (await this.#connection.call("project/show", { project: projectId })).path;
    }
    const known = this.#known.get(moment.snapshotId);
    if (known !== undefined) return known;
    let before: string | undefined;
    for (;;) {
      const page = await this.#connection.call("timeline/list", {
        project: projectId,
        limit: pageSize,
        ...(before !== undefined && { before }),
      });
      for (const { snapshotId, path } of page.entries) this.#known.set(snapshotId, path);
      const found = this.#known.get(moment.snapshotId);
      if (found !== undefined || !page.more) return found ?? null;
      before = page.entries.at(-1)?.snapshotId;
    }
  }
}
