import { access } from "node:fs/promises";
import type { HelperFacts } from "./projects/health/privilegeChecks.ts";
import { readRecord, recordFile } from "./setup/installedRecord.ts";
import { libInUse, programPlaces } from "./volumes/privileged/helperPlaces.ts";

/** What lies in the folder of the helper that an agent with this environment calls. */
export async function helperFacts(env: NodeJS.ProcessEnv): Promise<HelperFacts> {
  const lib = libInUse(env);
  const installed = await access(programPlaces(lib).program).then(
    () => true,
    () => false,
  );
  const record = installed ? await readRecord(recordFile({ lib })) : undefined;
  return { installed, version: record?.version ?? null };
}
