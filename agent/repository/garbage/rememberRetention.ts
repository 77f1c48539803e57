import type { Repository } from "../repository.ts";
import { refused, refusing } from "./gcPlan.ts";
import type { ReadGc } from "./gcRecord.ts";
import { defaultRetention, isSameRetention, type Retention } from "./retention.ts";
import { snapshotsToKeep } from "./snapshotsToKeep.ts";

/** How often it is tried anew when others write the record meanwhile. */
const attempts = 20;
/** The state where nothing was collected yet. */
const begun = { phase: "idle", cycle: 1, condemnedAt: null, manifests: [], packs: [] } as const;

/**
 * Writes down what is to be kept from now on, also where nothing is condemned by it: the next run goes by it. What is
 * condemned and is to be kept now is taken off the list, as by a machine whose timeline shows it.
 * @param read the record as it is; null only where it is known that there never was one
 * @throws ForkpointError GC_REFUSED, STORE_*
 */
export async function rememberRetention(
  repository: Repository,
  read: ReadGc | null,
  retention: Retention,
  signal: AbortSignal,
): Promise<ReadGc | null> {
  let current = read;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (isSameRetention(current?.state.retention ?? defaultRetention, retention)) return current;
    const state = current?.state ?? begun;
    const kept =
      state.phase === "condemned" ? await keptBy(repository, retention, signal) : new Set<string>();
    const { phase, cycle, condemnedAt } = state;
    const manifests = state.manifests.filter((name) => !kept.has(name));
    const next = { phase, cycle, condemnedAt, manifests, packs: [...state.packs], retention };
    const written = await repository.gc.replace(current, next, signal);
    if (written) return written;
    current = await repository.gc.read(signal);
  }
  throw refused("other machines keep writing its record");
}

async function keptBy(repository: Repository, policy: Retention, signal: AbortSignal): Promise<Set<string>> {
  const now = await repository.objects.now(signal);
  const uses = await refusing(() => snapshotsToKeep(repository, { policy, now }, signal));
  return new Set(uses.flatMap(({ name, why }) => (why === null ? [] : name)));
}
