import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import type { Call } from "../caller.ts";
import { openPool, openVolume } from "../mountedPool.ts";
import { start } from "../programs.ts";
import { sandboxed } from "../sandbox.ts";

/** Sends a snapshot straight to this process's own stdout. `givenUp` tells that nobody reads it any more. */
export async function send(call: Call, request: RequestOf<"send">, givenUp: AbortSignal): Promise<void> {
  const { name, snapshot, parent, noData } = request;
  const pool = openPool(call, name);
  for (const each of [snapshot, parent]) if (each !== undefined) openVolume(pool, each).close();
  const command = ["btrfs", "send", "--quiet"];
  if (noData) command.push("--no-data");
  if (parent !== undefined) command.push("-p", `/pool/${parent}`);
  command.push(`/pool/${snapshot}`);
  const [program, args] = sandboxed([{ descriptor: 3, at: "/pool", writable: false }], command);
  const { ended } = start(program, args, ["ignore", 1, "pipe", pool.fd]);
  try {
    await ended;
  } catch (thrown) {
    // It ends by itself when nobody reads any more, and until then nobody can delete what it sends.
    if (givenUp.aborted) throw new ForkpointError("CANCELLED", "The caller gave up.", { cause: thrown });
    throw thrown;
  }
}
