import { closeSync, fstatSync } from "node:fs";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import type { Call } from "../caller.ts";
import { openImage } from "../imageFile.ts";
import { backingOf, free } from "../loopDevices.ts";
import { giveBack } from "../recovery.ts";
import { unmountPool } from "./mountPool.ts";

/**
 * Unmounts a pool of the caller's and gives the image back. It is given back only when the kernel uses it
 * no more: from then on its owner may write into it what he likes. @throws ForkpointError POOL_IN_USE
 */
export async function forgetPool(call: Call, { image }: RequestOf<"forget">): Promise<void> {
  const { registry, uid, mark, state } = call;
  const row = registry.pools(uid).find((each) => each.image === image);
  if (!row) return;
  if (row.name !== null) await unmountPool(call, { verb: "unmount", name: row.name });
  const file = openImage(row, state.pools, "read");
  if (file !== null) {
    const backing = backingOf(fstatSync(file, { bigint: true }));
    closeSync(file);
    await free(backing);
  }
  const { inode, born } = row;
  let id = 0;
  registry.transaction(() => {
    id = registry.begin(uid, mark, { kind: "giveBack", image, inode, born });
    registry.remove(row);
  });
  giveBack(call, row);
  registry.end(id);
}
