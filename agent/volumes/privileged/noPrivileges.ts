import { ForkpointError } from "../../protocol/errors.ts";
import type { Privileged } from "./privileged.ts";

/** The seam as an ordinary user has it who has no helper. */
export class NoPrivileges implements Privileged {
  readonly mode = "none";
  readonly degradations = ["The agent is not root: it cannot make pools, compare snapshots or push."];
  readonly mountsFolder = null;

  makeFileSystem(): Promise<void> {
    return Promise.reject(needsRoot("make a pool"));
  }

  mount(): Promise<void> {
    return Promise.reject(needsRoot("mount a pool"));
  }

  release(): Promise<void> {
    return Promise.reject(needsRoot("unmount a pool"));
  }

  grow(): Promise<void> {
    return Promise.reject(needsRoot("grow a pool"));
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *send(): AsyncGenerator<Buffer> {
    throw needsRoot("read what changed");
  }

  receive(): Promise<void> {
    return Promise.reject(needsRoot("rebuild a snapshot"));
  }

  /** An ordinary user cannot give files away. */
  restoreOwners(): Promise<void> {
    return Promise.resolve();
  }
}

function needsRoot(what: string): ForkpointError {
  return new ForkpointError("NEEDS_ROOT", `It takes root to ${what}.`);
}
