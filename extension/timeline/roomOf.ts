import * as l10n from "@vscode/l10n";
import { errorBody } from "../../agent/protocol/errors.ts";
import type { Room } from "../../agent/protocol/retention.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";

/**
 * What deleting these frees. Where that is not known yet it is measured, unless a person cancels that; whoever wants to delete
 * is never kept from it.
 * @returns null when nobody knows
 */
export async function roomOf(
  connection: AgentConnection,
  project: string,
  snapshotIds: readonly string[],
): Promise<Room | null> {
  try {
    const { together } = await longOperation(l10n.t("Measuring what deleting frees"), (call) =>
      connection.call("timeline/sizes", { project, snapshotIds: [...snapshotIds] }, call),
    );
    return together;
  } catch (thrown) {
    // What is wrong with the selection itself, the deletion says.
    if (errorBody(thrown).code === "INTERNAL") throw thrown;
    return null;
  }
}
