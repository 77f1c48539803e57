import type { PoolService } from "../projects/pools/poolService.ts";
import type { Handlers } from "./handlers.ts";

type PoolMethods = Pick<Handlers, "pool/create" | "pool/adopt" | "pool/list" | "pool/grow" | "pool/remove">;

export function poolMethods(pools: PoolService): PoolMethods {
  return {
    "pool/create": (params, call) => pools.create(params, call),
    "pool/adopt": (params) => pools.adopt(params),
    "pool/list": async () => ({ pools: await pools.list() }),
    "pool/grow": (params) => pools.grow(params),
    "pool/remove": async (params) => {
      await pools.remove(params);
      return {};
    },
  };
}
