import type { Repository } from "../repository.ts";

/**
 * Says which snapshots the timelines of a machine show, so that they stay, and takes them off the list of
 * what is condemned.
 * @param names manifests as PROJECT/DIGEST
 * @returns those that are not in the store any more, or about to be deleted past recall
 * @throws ForkpointError OBJECT_DAMAGED, STORE_*
 */
export async function keepSnapshots(
  repository: Repository,
  machineId: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  await repository.keeps.write(machineId, names, signal);
  const wanted = new Set(names);
  for (;;) {
    const read = await repository.gc.read(signal);
    if (!read) return [];
    const { state } = read;
    const condemned = state.manifests.filter((name) => wanted.has(name));
    if (state.phase !== "condemned" || condemned.length === 0) {
      return [...new Set([...condemned, ...(await absent(repository, names, signal))])];
    }
    const manifests = state.manifests.filter((name) => !wanted.has(name));
    await repository.gc.replace(read, { ...state, manifests }, signal);
  }
}

async function absent(
  repository: Repository,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  for (const [projectId, ofProject] of Map.groupBy(names, (name) => name.split("/", 1)[0] ?? "")) {
    const present = new Set<string>();
    for await (const id of repository.listManifests(projectId, signal)) present.add(`${projectId}/${id}`);
    missing.push(...ofProject.filter((name) => !present.has(name)));
  }
  return missing;
}
