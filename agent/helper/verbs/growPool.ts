import { fstatSync, ftruncateSync } from "node:fs";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import { mountPointOf, type Call } from "../caller.ts";
import { openImage } from "../imageFile.ts";
import { mountAt } from "../mountedPool.ts";
import { run } from "../programs.ts";

/**
 * Makes a mounted pool larger. Cut off, it is larger or not; calling it again finishes it.
 * @throws ForkpointError POOL_NOT_FOUND; BAD_REQUEST when it is larger already
 */
export async function growPool(call: Call, { name, size }: RequestOf<"grow">): Promise<void> {
  const path = mountPointOf(call, name);
  const row = call.registry.pools(call.uid).find((each) => each.name === name);
  const mount = mountAt(path);
  const file = row && mount ? openImage(row, call.state.pools, "write") : null;
  if (!mount || file === null) {
    throw new ForkpointError("POOL_NOT_FOUND", `You have no pool ${name} that is mounted.`);
  }
  const present = fstatSync(file).size;
  if (size < present) {
    throw new ForkpointError("BAD_REQUEST", `The pool has ${present} bytes; it cannot become smaller.`, {
      hint: "Name a larger size.",
    });
  }
  ftruncateSync(file, size);
  await run("losetup", ["--set-capacity", mount.source]);
  await run("btrfs", ["filesystem", "resize", "max", path]);
}
