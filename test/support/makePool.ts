import type { Pool } from "../../agent/protocol/pool.ts";
import { adoptablePool } from "./adoptablePool.ts";
import { forkpointJson } from "./forkpointCli.ts";
import { testMode } from "./testMode.ts";

export interface WantedPool {
  /** FORKPOINT_HOME of the agent that gets it. */
  readonly home: string;
  readonly image: string;
  readonly mib: number;
  /** Where it is mounted, if the agent may choose that. */
  readonly mount: string;
}

/** Makes a pool by the real command; where the agent has no rights, root makes one and it is adopted. */
export async function makePool({ home, image, mib, mount }: WantedPool): Promise<Pool> {
  const place = testMode === "root" ? ["--mount", mount] : [];
  const command =
    testMode === "none"
      ? ["adopt", adoptablePool(image, mib, mount)]
      : ["create", "--image", image, "--size", `${mib}M`, ...place];
  return (await forkpointJson(["pool", ...command], { home })) as Pool;
}
