import { ownMark, type Call } from "./caller.ts";
import { takeCallLock } from "./callLock.ts";
import type { State } from "./installation.ts";
import { recover } from "./recovery.ts";
import type { Registry } from "./registry.ts";
import { mountPool } from "./verbs/mountPool.ts";

/** Mounts every pool where it was; gives a line for each that could not be. */
export async function mountAll(state: State, registry: Registry): Promise<string[]> {
  const failures: string[] = [];
  for (const uid of new Set(registry.pools().map((pool) => pool.uid))) {
    const call: Call = { uid, state, registry, mark: ownMark() };
    const release = takeCallLock(state.locks, uid);
    await recover(call);
    for (const { image, name } of registry.pools(uid)) {
      if (name === null) continue;
      await mountPool(call, { verb: "mount", image, name }).catch((thrown: unknown) => {
        failures.push(`${image}: ${(thrown as Error).message}`);
      });
    }
    release();
  }
  return failures;
}
