import type { ProjectLookup } from "../projects/projectLookup.ts";
import type { SyncService } from "../sync/syncService.ts";
import type { Handlers } from "./handlers.ts";

type StoreMethods = Pick<Handlers, Extract<keyof Handlers, `store/${string}` | `remote/${string}`>>;

export function storeMethods({ sync, lookup }: { sync: SyncService; lookup: ProjectLookup }): StoreMethods {
  const { keys } = sync;
  return {
    "store/set": (choice, call) => sync.setStore(choice, call),
    "store/show": () => ({ store: sync.showStore() }),
    "store/pause": () => sync.pause(),
    "store/resume": () => sync.resume(),
    "store/limit": (limits) => sync.limit(withoutAbsent(limits)),
    "store/check": (_params, call) => sync.checkStore(call),
    "store/projects": async (_params, call) => ({ projects: await sync.remote.projects(call) }),
    "store/unlock": ({ secret, remember }, call) => sync.unlockStore(secret, remember, call),
    "store/lock": () => sync.lockStore(),
    "store/keys": async (_params, { signal }) => ({ keys: await keys.list(signal) }),
    "store/addKey": ({ secret, label }, { signal }) => keys.add(secret, label, signal),
    "store/removeKey": async ({ keyId }, { signal }) => {
      await keys.remove(keyId, signal);
      return {};
    },
    "store/changeKey": ({ current, next }, { signal }) => keys.change(current, next, signal),
    "store/verify": ({ project, parts }, call) =>
      sync.care.verify(project === undefined ? null : lookup.named(project).projectId, parts, call),
    "store/repair": (params, call) => sync.care.repair(params, call),
    "store/gc": ({ retention, ...params }, call) =>
      sync.care.gc({ ...params, retention: withoutAbsent(retention) }, call),
    "store/gcSchedule": ({ everyHours }) => sync.scheduleGc(everyHours),
    "remote/find": async ({ project, snapshotId }, call) => {
      const { manifest, manifestDigest } = await sync.remote.find(project, snapshotId, call);
      return { projectId: manifest.projectId, snapshotId: manifest.snapshotId, manifestDigest };
    },
    "remote/list": ({ path, after, limit, ...snapshot }, call) =>
      sync.remote.files(call, (files) => files.list(snapshot, path, { after, limit })),
    "remote/read": async ({ path, offset, ...snapshot }, call) => {
      const { bytes, size } = await sync.remote.files(call, (files) => files.read(snapshot, path, offset));
      return { bytes: bytes.toString("base64"), size };
    },
  };
}

function withoutAbsent<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], undefined> };
}
