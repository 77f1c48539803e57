import type { SyncService } from "../sync/syncService.ts";
import type { Handlers } from "./handlers.ts";

type StoreMethods = Pick<Handlers, Extract<keyof Handlers, `store/${string}`>>;

export function storeMethods(sync: SyncService): StoreMethods {
  const { keys } = sync;
  return {
    "store/set": (choice, call) => sync.setStore(choice, call),
    "store/show": () => ({ store: sync.showStore() }),
    "store/check": (_params, call) => sync.checkStore(call),
    "store/projects": async (_params, call) => ({ projects: await sync.remoteProjects(call) }),
    "store/unlock": ({ secret, remember }, call) => sync.unlockStore(secret, remember, call),
    "store/lock": () => sync.lockStore(),
    "store/keys": async (_params, { signal }) => ({ keys: await keys.list(signal) }),
    "store/addKey": ({ secret, label }, { signal }) => keys.add(secret, label, signal),
    "store/removeKey": async ({ keyId }, { signal }) => {
      await keys.remove(keyId, signal);
      return {};
    },
    "store/changeKey": ({ current, next }, { signal }) => keys.change(current, next, signal),
  };
}
