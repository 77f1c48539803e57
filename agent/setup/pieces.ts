import { join } from "node:path";
import type { Processes } from "../host/processes.ts";
import type { HelperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { BootUnit, bootUnitText } from "./bootUnit.ts";
import { HelperPrograms, type ProgramSources } from "./helperPrograms.ts";
import { recordFile } from "./installedRecord.ts";
import { NeededPackages } from "./neededPackages.ts";
import type { Piece } from "./piece.ts";
import { removeRootFile } from "./rootOwned.ts";
import { RootFile, RootFolder } from "./rootPieces.ts";
import { SudoersFile } from "./sudoersFile.ts";
import type { UserAccount } from "./userAccount.ts";

/** What every part of the set-up works with. */
export interface SetupGround {
  readonly processes: Processes;
  readonly places: HelperPlaces;
  /** Whether pools are mounted by a unit of systemd when the machine starts. */
  readonly systemd: boolean;
}

/** What the helper reads, and how it is written. */
export function configText({ state }: HelperPlaces): string {
  return `${JSON.stringify({ state })}\n`;
}

/** The folder below which a user's pools are mounted. */
export function poolsOf({ pools }: HelperPlaces, uid: number): string {
  return join(pools, String(uid));
}

/** The folder of the programs. What lay in one that others could write is not trusted, and put there anew. */
export function programFolder(places: HelperPlaces): Piece {
  const beforeMending = () => removeRootFile(recordFile(places));
  return new RootFolder("program folder", places.lib, 0o755, { beforeMending });
}

/**
 * Everything that has to be there for one user, in the order in which it is put in place: the rule that lets
 * the user call comes when there is something whole to be called.
 */
export function piecesFor(ground: SetupGround, user: UserAccount, sources: ProgramSources): Piece[] {
  const { processes, places, systemd } = ground;
  const { node, program, config, state, pools } = places;
  const programs = new HelperPrograms(processes, { node, program, record: recordFile(places) }, sources);
  return [
    new NeededPackages(processes),
    programFolder(places),
    ...programs.pieces,
    new RootFile("settings", config, 0o644, configText(places)),
    new RootFolder("state folder", state, 0o711),
    new RootFolder("mount folder", pools, 0o711),
    // As the helper makes it: files in a pool may belong to anybody, by what its owner says.
    new RootFolder(`mount folder of ${user.name}`, poolsOf(places, user.uid), 0o710, { gid: user.gid }),
    ...(systemd ? new BootUnit(processes, places.unit, bootUnitText(places)).pieces : []),
    new SudoersFile(processes, places).pieceFor(user),
  ];
}
