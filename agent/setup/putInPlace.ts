import type { CrashPoint } from "../host/crashPoints.ts";
import { ForkpointError } from "../protocol/errors.ts";
import type { ProgramSources } from "./helperPrograms.ts";
import { HelperCall } from "./helperCall.ts";
import type { Examined, Piece } from "./piece.ts";
import { piecesFor, programFolder, type SetupGround } from "./pieces.ts";
import { withSetupLock } from "./setupLock.ts";
import type { UserAccount } from "./userAccount.ts";

/**
 * Installs the helper for a user: what is missing or wrong, and nothing else. Cut off anywhere, it is
 * completed by running it again; until then nobody can call a helper that is not whole.
 * @param how `report` is told what is about to be changed
 * @returns the names of what was changed
 * @throws ForkpointError TOOL_MISSING, NODE_TOO_OLD, SETUP_BLOCKED, SETUP_BUSY; ProcessFailed
 */
export async function putInPlace(
  ground: SetupGround,
  user: UserAccount,
  sources: ProgramSources,
  how: { readonly crashPoint: CrashPoint; readonly report: (name: string) => void },
): Promise<string[]> {
  const changed: string[] = [];
  const mend = async (piece: Piece) => {
    if ((await piece.problem()) === undefined) return;
    how.report(piece.name);
    await piece.mend();
    changed.push(piece.name);
    how.crashPoint(`setup:${piece.name}`);
  };
  await mend(programFolder(ground.places));
  await withSetupLock(ground.places, async () => {
    const pieces = piecesFor(ground, user, sources);
    for (const piece of pieces) await mend(piece);
    if (changed.length === 0) return;
    // A call is logged, so one that proves nothing new would be a change.
    for (const piece of [...pieces, new HelperCall(ground.processes, ground.places.lib, user)]) {
      const problem = await piece.problem();
      if (problem !== undefined) throw new ForkpointError("SETUP_BLOCKED", problem, hintOf(piece));
    }
  });
  return changed;
}

function hintOf({ remedy }: Examined): { hint?: string } {
  return remedy === undefined ? {} : { hint: remedy };
}
