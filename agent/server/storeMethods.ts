import type { SyncService } from "../sync/syncService.ts";
import type { Handlers } from "./handlers.ts";

type StoreMethods = Pick<Handlers, "store/set" | "store/show" | "store/check" | "store/projects">;

export function storeMethods(sync: SyncService): StoreMethods {
  return {
    "store/set": ({ url }, call) => sync.setStore(url, call),
    "store/show": () => ({ store: sync.showStore() }),
    "store/check": (_params, call) => sync.checkStore(call),
    "store/projects": async (_params, call) => ({ projects: await sync.remoteProjects(call) }),
  };
}
