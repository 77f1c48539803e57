import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import type { Processes } from "../../host/processes.ts";
import type { SendOptions } from "../privileged/privileged.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { bodySteps } from "./bodySteps.ts";
import { nameSteps } from "./nameSteps.ts";
import { pairInodes } from "./pairedInodes.ts";
import { walkSnapshot, type WalkedSnapshot } from "./walkedSnapshot.ts";

/**
 * The commands of a send stream, found by walking instead of by asking btrfs, which an ordinary user may
 * not. Cost follows the number of entries, not the difference.
 * @throws ForkpointError FILES_UNREADABLE, CANCELLED
 */
export async function* walkedStream(
  processes: Processes,
  snapshot: string,
  { parent, noData = false }: SendOptions,
  signal: AbortSignal,
): AsyncGenerator<StreamCommand> {
  const [newer, older] = await Promise.all([
    walkSnapshot(processes, snapshot, signal),
    parent === undefined ? null : walkSnapshot(processes, parent, signal),
  ]);
  const opening = { path: Buffer.from(basename(snapshot)), uuid: randomBytes(16), ctransid: 1n };
  if (older === null) yield { kind: "subvol", ...opening };
  else yield { kind: "snapshot", ...opening, cloneUuid: randomBytes(16), cloneCtransid: 1n };
  const from = older ?? emptyVolume;
  const paired = await pairInodes(from, newer, signal);
  yield* nameSteps(from, newer, paired);
  yield* bodySteps({ processes, older, newer, paired, noData, signal });
  yield { kind: "end" };
}

/** What a full stream starts from. */
const emptyVolume: WalkedSnapshot = {
  root: "",
  inodes: new Map([[256, { number: 256, type: "d", state: "", changedAt: -Infinity, names: [""] }]]),
  lastChange: -Infinity,
};
