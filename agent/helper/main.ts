import { fstatSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock } from "../host/clock.ts";
import { errorBody, ForkpointError } from "../protocol/errors.ts";
import { mountAllArgument } from "../volumes/privileged/helperPlaces.ts";
import { ownMark } from "./caller.ts";
import { logCall } from "./callLog.ts";
import { asFailure } from "./failures.ts";
import { findState } from "./installation.ts";
import { mountAll } from "./mountAll.ts";
import { Registry } from "./registry.ts";
import { readRequest } from "./requestLine.ts";
import { serve } from "./serve.ts";

// Nothing here may depend on the folder, the mask or the warnings that whoever calls has chosen.
process.chdir("/");
process.umask(0o077);
process.removeAllListeners("warning");

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  writeSync(2, `${JSON.stringify({ error: errorBody(thrown) })}\n`);
  process.exit(1);
}
process.exit(0);

async function main(args: readonly string[]): Promise<void> {
  const [who = ""] = args;
  if (process.geteuid?.() !== 0) throw new ForkpointError("NEEDS_ROOT", "The helper is called through sudo.");
  const isBoot = who === mountAllArgument;
  if (args.length !== 1 || !(isBoot || /^[1-9]\d{0,9}$/.test(who))) {
    throw new ForkpointError("BAD_REQUEST", "The helper is called with the number of a user.");
  }
  const state = findState(dirname(process.argv[1] ?? ""));
  if (isBoot) return boot(state);
  for (const fd of [0, 1, 2]) checkIsPipe(fd);
  const registry = new Registry(state.registry);
  const request = await readRequest(process.stdin);
  // Who started this ahead of time did not need it.
  if (request === null) return;
  const uid = Number(who);
  const began = systemClock.now();
  const log = (outcome: string) =>
    logCall(state.log, { uid, ...request, outcome, milliseconds: systemClock.now() - began });
  try {
    const call = { uid, state, registry, mark: ownMark() };
    const answer = await serve(call, request, process.stdin);
    if (answer) writeSync(1, `${JSON.stringify(answer)}\n`);
    log("done");
  } catch (thrown) {
    const failure = asFailure(thrown);
    const { code, message } = errorBody(failure);
    log(`${code}: ${message}`);
    throw failure;
  }
}

async function boot(state: ReturnType<typeof findState>): Promise<void> {
  const failures = await mountAll(state, new Registry(state.registry));
  logCall(state.log, { verb: mountAllArgument, outcome: failures.length === 0 ? "done" : failures });
  if (failures.length > 0) throw new ForkpointError("POOL_NOT_FOUND", failures.join("\n"));
}

/** A file of the kernel's that the caller has opened would take from root what it does not take from him. */
function checkIsPipe(fd: number): void {
  const stat = fstatSync(fd);
  if (stat.isFIFO() || stat.isSocket()) return;
  throw new ForkpointError("BAD_REQUEST", "The helper talks through pipes only.");
}
