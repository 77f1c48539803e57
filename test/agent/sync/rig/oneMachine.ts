import { type Clock, systemClock } from "../../../../agent/host/clock.ts";
import { openLoopPool } from "../../../support/loopPool.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { InterceptedStore } from "./interceptedStore.ts";
import { Machine, makeHomes, onlyUrl } from "./machine.ts";

/** A machine with a pool, whose store in memory does what a test wants of it. */
export interface OneMachine {
  readonly memory: MemoryBlobStore;
  readonly store: InterceptedStore;
  readonly homes: ReturnType<typeof makeHomes>;
  readonly pool: string;
  /**
   * The machine with its uploads running, and again after it was closed. Its store is `memory:`, once it is set.
   * @param how.starts false: the uploads are still to be started
   */
  open(how?: { readonly starts: boolean }): Machine;
  /** The machine must be closed. */
  close(): void;
}

export function openOneMachine(clock: Clock = systemClock): OneMachine {
  const pool = openLoopPool(1024);
  const homes = makeHomes();
  const memory = new MemoryBlobStore();
  const store = new InterceptedStore(memory);
  return {
    ...{ memory, store, homes, pool: pool.path },
    open({ starts } = { starts: true }) {
      const place = { home: homes.path("here"), pool: pool.path };
      const machine = new Machine(place, { access: onlyUrl("memory:", store), clock });
      if (starts) machine.sync.start();
      return machine;
    },
    close() {
      pool.close();
      homes.close();
    },
  };
}
