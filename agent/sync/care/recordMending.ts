import type { Entries } from "../../catalog/entries.ts";
import type { ProjectRow, Projects } from "../../catalog/projects.ts";
import type { Clock } from "../../host/clock.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RepairReport, RetentionSettings } from "../../protocol/storeReports.ts";
import { givenUpRef } from "./givenUpRef.ts";
import type { Digest } from "../../repository/digest.ts";
import { recordMissing } from "../../repository/garbage/gcRecord.ts";
import type { DamagedKeep } from "../../repository/garbage/keeps.ts";
import { allSnapshots } from "../../repository/garbage/snapshotsToKeep.ts";
import type { Repository } from "../../repository/repository.ts";

type MendedRecord = RepairReport["records"][number];

export interface RecordMending {
  readonly repository: Repository;
  readonly projects: Projects;
  readonly entries: Entries;
  readonly machineId: string;
  readonly clock: Clock;
  /** What a record of the collection is to say that has to be made anew. */
  readonly retention: RetentionSettings;
  /** Only says what it would do. */
  readonly dryRun: boolean;
  /** Whether what only another machine could mend is made anew from what the store still says. */
  readonly giveUp: boolean;
  readonly signal: AbortSignal;
}

/**
 * Mends what changes in a store and is not named by its bytes: the refs of this machine's projects, the keeps, and the
 * record of the collection. What another machine alone can know stays as it is, unless it is given up.
 * @throws ForkpointError STORE_*, REPOSITORY_NEWER, REF_CONFLICT, CANCELLED
 */
export async function mendRecords(
  parts: RecordMending,
): Promise<{ records: MendedRecord[]; collectionWasUnknown: boolean }> {
  const { repository, projects, machineId, dryRun, giveUp, retention, signal } = parts;
  const records: MendedRecord[] = [];
  const note = (problem: string, isMended: boolean, loss: string | null = null) =>
    records.push({ problem, isMended, loss });
  const gc = await problemOf(async () => {
    const read = await repository.gc.read(signal);
    if (!read && (await hasNonces(repository, signal))) throw recordMissing();
  });
  if (gc !== null) {
    if (!dryRun) await repository.gc.mend(await repository.objects.now(signal), retention, signal);
    note(gc, true);
  }
  for (const keep of await repository.keeps.damaged(signal)) {
    const isOurs = keep.machineId === machineId;
    // It is written by whoever asks next what is kept.
    if (isOurs) repository.keeps.forget(machineId);
    const isMended = keep.machineId !== null || giveUp;
    if (isMended && !isOurs && !dryRun) await keepEverything(repository, keep, signal);
    const loss = keep.machineId === null ? `${nobodyKnows} ${everythingStays}` : null;
    note(isMended && !isOurs ? `${keep.problem} ${everythingStays}` : keep.problem, isMended, loss);
  }
  for (const project of projects.list()) {
    if (project.remoteHead === null) continue;
    const problem = await refProblem(repository, project, signal);
    if (problem === null) continue;
    const isOurs = !(await isAhead(parts, project, project.remoteHead));
    if (isOurs && !dryRun) await repository.mendRef(refOf(parts, project, project.remoteHead), signal);
    if (isOurs) note(problem, true);
    else await giveUpOr(parts, project.projectId, (loss) => note(problem, giveUp, loss));
  }
  const ours = new Set(projects.list().map(({ projectId }) => projectId));
  for await (const projectId of repository.listProjects(signal)) {
    if (ours.has(projectId)) continue;
    const problem = await problemOf(() => repository.readRef(projectId, signal));
    if (problem === null) continue;
    await giveUpOr(parts, projectId, (loss) => note(problem, giveUp, loss));
  }
  return { records, collectionWasUnknown: gc !== null };
}

/** Whether a manifest tells that something was collected before it was written. */
async function hasNonces(repository: Repository, signal: AbortSignal): Promise<boolean> {
  for (const { projectId, id } of await allSnapshots(repository, signal)) {
    try {
      if ((await repository.readManifest(projectId, id, signal)).nonce !== undefined) return true;
    } catch (thrown) {
      if (!isOfObject(thrown)) throw thrown;
    }
  }
  return false;
}

/** Gives up a ref where that was asked for, and tells what is lost by it or would be. */
async function giveUpOr(
  parts: RecordMending,
  projectId: string,
  note: (loss: string) => void,
): Promise<void> {
  const { loss, giveUp } = await givenUpRef(parts, projectId);
  if (parts.giveUp && !parts.dryRun) await giveUp();
  note(loss);
}

const nobodyKnows = "Which machine it was of, and what that wanted kept, is not known any more.";
const everythingStays = "What is in the store now stays until that machine says what it needs.";

/** Nothing that it may have named goes. */
async function keepEverything(repository: Repository, keep: DamagedKeep, signal: AbortSignal): Promise<void> {
  const names = (await allSnapshots(repository, signal)).map(({ projectId, id }) => `${projectId}/${id}`);
  await repository.keeps.mend(keep, names, { signal, conditional: repository.isShared });
}

async function refProblem(
  repository: Repository,
  { projectId, slug }: ProjectRow,
  signal: AbortSignal,
): Promise<string | null> {
  const missing = `The ref of ${slug} is missing from the store.`;
  let found: unknown = null;
  const problem = await problemOf(async () => {
    found = await repository.readRef(projectId, signal);
  });
  return problem ?? (found === null ? missing : null);
}

/** Whether the store has something newer of the project, which only another machine can have put there. */
async function isAhead(
  { repository, entries, signal }: RecordMending,
  { projectId }: ProjectRow,
  head: Digest,
): Promise<boolean> {
  const read = async (address: Digest) => {
    try {
      return await repository.readManifest(projectId, address, signal);
    } catch (thrown) {
      if (!isOfObject(thrown)) throw thrown;
      return null;
    }
  };
  const since = (await read(head))?.createdAt ?? "";
  for await (const address of repository.listManifests(projectId, signal)) {
    const manifest = await read(address);
    if (!manifest || entries.knows(projectId, manifest.snapshotId)) continue;
    if (manifest.createdAt > since) return true;
  }
  return false;
}

function refOf({ machineId, clock }: RecordMending, project: ProjectRow, head: Digest) {
  const { projectId, slug, forkedFrom } = project;
  const updatedAt = new Date(clock.now()).toISOString();
  return { format: 1 as const, projectId, slug, head, epoch: 1, machineId, updatedAt, forkedFrom };
}

/** What is wrong with an object that cannot be read; a bad answer of the store is asked for once more. */
async function problemOf(read: () => Promise<unknown>): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await read();
      return null;
    } catch (thrown) {
      if (!(thrown instanceof Error) || !isOfObject(thrown)) throw thrown;
      if (attempt === 2) return thrown.message;
    }
  }
}

function isOfObject(thrown: unknown): boolean {
  return thrown instanceof ForkpointError && /^OBJECT_/.test(thrown.code);
}
