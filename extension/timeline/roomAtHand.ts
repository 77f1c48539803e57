import type { Entry } from "../../agent/protocol/entry.ts";
import type { Room } from "../../agent/protocol/retention.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";

/** What deleting an entry alone frees, where that is known already; null where it is not, or cannot be asked for now. */
export async function roomAtHand(
  connection: AgentConnection,
  { projectId, snapshotId }: Entry,
): Promise<Room | null> {
  try {
    const wish = { project: projectId, snapshotIds: [snapshotId], wait: false };
    return (await connection.call("timeline/sizes", wish)).together;
  } catch {
    return null;
  }
}
