import { createHash } from "node:crypto";
import { join } from "node:path";

/** Where the helper and what it keeps lie. Absolute paths; all of it is root's, and nobody else may write there. */
export interface HelperPlaces {
  /** The folder of the program. */
  readonly lib: string;
  /** A copy of a Node 24 binary, 0755. */
  readonly node: string;
  /** The helper in one file, 0644. */
  readonly program: string;
  /** 0644, as `HelperConfig` says. */
  readonly config: string;
  /** The folder of what the helper keeps, 0711. */
  readonly state: string;
  /** Below it, in a folder for each user, pools are mounted; 0711. */
  readonly pools: string;
  /** The sudoers file, 0440. */
  readonly sudoers: string;
  /** The unit that mounts every pool at boot, where systemd runs. */
  readonly unit: string;
}

/** Where the helper is unless FORKPOINT_HELPER says otherwise. */
export const systemLib = "/usr/local/lib/forkpoint";
const systemState = "/var/lib/forkpoint";

/** What the helper is started with instead of a user's number, by root alone, to mount every pool. */
export const mountAllArgument = "mount-all";

/**
 * The places of the one installation of a system or, with `root`, those of one that lies below that folder
 * alone but for its sudoers file and unit, whose names tell it from others.
 */
export function helperPlaces(root?: string): HelperPlaces {
  const lib = root === undefined ? systemLib : join(root, "lib");
  const state = root === undefined ? systemState : join(root, "state");
  const suffix = root === undefined ? "" : `-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`;
  return {
    lib,
    ...programPlaces(lib),
    state,
    pools: join(state, "pools"),
    sudoers: `/etc/sudoers.d/forkpoint${suffix}`,
    unit: `/etc/systemd/system/forkpoint-pools${suffix}.service`,
  };
}

/** What lies in the helper's own folder. */
export function programPlaces(lib: string): Pick<HelperPlaces, "node" | "program" | "config"> {
  return { node: join(lib, "node"), program: join(lib, "helper.mjs"), config: join(lib, "config.json") };
}

/** The folder of the helper that an agent with this environment calls. */
export function libInUse(env: NodeJS.ProcessEnv): string {
  return env["FORKPOINT_HELPER"] ?? systemLib;
}

/**
 * The command that sudo runs for the user with the number `uid`: nothing of the caller's environment comes
 * along, and the number cannot be another's, since the sudoers rule names it.
 */
export function helperCommand(lib: string, uid: number): [program: string, ...args: string[]] {
  const { node, program } = programPlaces(lib);
  return ["/usr/bin/env", "-i", node, program, String(uid)];
}
