import { type HelperStatus, helperProtocol } from "../../volumes/privileged/helperContract.ts";
import { mountPointOf, mountsFolderOf, type Call } from "../caller.ts";
import { mountAt } from "../mountedPool.ts";

/** What the helper is, and which pools the caller has. */
export function status(call: Call): HelperStatus {
  return {
    protocol: helperProtocol,
    mountsFolder: mountsFolderOf(call),
    pools: call.registry.pools(call.uid).map(({ image, name }) => ({
      image,
      name,
      mounted: name !== null && mountAt(mountPointOf(call, name)) !== undefined,
    })),
  };
}
