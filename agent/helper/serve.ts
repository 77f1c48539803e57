import type { Readable } from "node:stream";
import type { HelperRequest } from "../volumes/privileged/helperContract.ts";
import type { Call } from "./caller.ts";
import { takeCallLock } from "./callLock.ts";
import { hasLeftovers, recover } from "./recovery.ts";
import { forgetPool } from "./verbs/forgetPool.ts";
import { growPool } from "./verbs/growPool.ts";
import { makePool } from "./verbs/makePool.ts";
import { mountPool, unmountPool } from "./verbs/mountPool.ts";
import { receive } from "./verbs/receive.ts";
import { restoreOwners } from "./verbs/restoreOwners.ts";
import { send } from "./verbs/send.ts";
import { status } from "./verbs/status.ts";

/** Does what one request asks for. `input` is what follows it. Gives the answer; null when stdout has been it. */
export async function serve(call: Call, request: HelperRequest, input: Readable): Promise<object | null> {
  if (hasLeftovers(call) || changesPools.has(request.verb)) {
    const release = takeCallLock(call.state.locks, call.uid);
    await recover(call);
    if (!changesPools.has(request.verb)) release();
  }
  switch (request.verb) {
    case "status":
      return status(call);
    case "makePool":
      await makePool(call, request);
      return {};
    case "mount":
      return mountPool(call, request);
    case "unmount":
      await unmountPool(call, request);
      return {};
    case "forget":
      await forgetPool(call, request);
      return {};
    case "grow":
      await growPool(call, request);
      return {};
    case "send":
      await send(call, request, endOf(input));
      return null;
    case "receive":
      await receive(call, request, input);
      return {};
    case "restoreOwners":
      await restoreOwners(call, request, input);
      return {};
  }
}

const changesPools = new Set<HelperRequest["verb"]>(["makePool", "mount", "unmount", "forget", "grow"]);

function endOf(input: Readable): AbortSignal {
  const ended = new AbortController();
  const abort = () => ended.abort();
  input.once("end", abort).once("close", abort).once("error", abort).resume();
  return ended.signal;
}
