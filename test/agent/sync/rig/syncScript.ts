import { storeAccess } from "../../../../agent/storeAccess.ts";
import { crashAt, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { systemClock } from "../../../../agent/host/clock.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { PullRequest } from "../../../../agent/sync/pull/pull.ts";
import { InterceptedStore, type Operation } from "./interceptedStore.ts";
import { Machine, type MachinePlace } from "./machine.ts";

export interface ScriptArgs {
  readonly place: MachinePlace;
  /** Where to die: at a crash point, or before the `nth` operation of a kind (from 1). */
  readonly at: { readonly crashPoint: string } | { readonly before: Operation; readonly nth: number };
  /** The project to push. */
  readonly push?: string;
  readonly pull?: PullRequest;
}

/** Pushes or pulls in a process that dies on the way. Its store is the one that is set. */
const { place, at, push, pull } = JSON.parse(process.argv[2] ?? "") as ScriptArgs;
const access = storeAccess(systemClock);
let seen = 0;
const openStore = (url: string) => {
  const store = new InterceptedStore(access.openStore(url));
  store.before = (operation) => {
    if ("before" in at && operation === at.before && ++seen === at.nth) process.kill(process.pid, "SIGKILL");
  };
  return store;
};
const machine = new Machine(place, {
  crashPoint: "crashPoint" in at ? crashAt(at.crashPoint) : neverCrash,
  access: { ...access, openStore },
});
machine.sync.start();
if (push !== undefined) await machine.push(machine.row({ projectId: push }));
if (pull) await machine.sync.pull(pull, unattended);
await machine.close();
