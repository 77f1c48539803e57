import type { BlobStore } from "../../../../agent/blobstore/blobStore.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Privileged } from "../../../../agent/volumes/privileged/privileged.ts";
import { openLoopPool } from "../../../support/loopPool.ts";
import { plainKind } from "../../../support/repositoryKinds.ts";
import { Machine, makeHomes, onlyUrl } from "./machine.ts";

export const storeUrl = "memory:";

/** Two machines with a pool each and one store between them. */
export interface TwoMachines {
  readonly here: Machine;
  readonly there: Machine;
  readonly homes: ReturnType<typeof makeHomes>;
  /** The first machine again, after it was closed, with its uploads running. */
  reopenHere(): Machine;
  /** The second machine again, after it was closed. */
  reopenThere(): Machine;
  close(): Promise<void>;
}

/**
 * @param mib the sizes of the pools
 * @param privileged what both may do; everything when absent
 */
export async function openTwoMachines(
  stores: { here: BlobStore; there: BlobStore },
  mib: { here?: number; there?: number } = {},
  kind = plainKind,
  privileged?: Privileged,
): Promise<TwoMachines> {
  const homes = makeHomes();
  const pools = [openLoopPool(mib.here), openLoopPool(mib.there)] as const;
  const machine = (name: "here" | "there", pool: string) =>
    new Machine(
      { home: homes.path(name), pool },
      { access: onlyUrl(storeUrl, stores[name]), ...(privileged ? { privileged } : {}) },
    );
  let here = machine("here", pools[0].path);
  let there = machine("there", pools[1].path);
  for (const each of [here, there]) {
    each.sync.start();
    await each.sync.setStore({ url: storeUrl, ...kind.choice }, unattended);
  }
  return {
    here,
    there,
    homes,
    reopenHere() {
      here = machine("here", pools[0].path);
      here.sync.start();
      return here;
    },
    reopenThere() {
      there = machine("there", pools[1].path);
      return there;
    },
    async close() {
      await here.close();
      await there.close();
      for (const pool of pools) pool.close();
      homes.close();
    },
  };
}
