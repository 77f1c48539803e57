import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import type { Call } from "../caller.ts";
import { openPool, openVolume } from "../mountedPool.ts";
import { start } from "../programs.ts";
import { sandboxed } from "../sandbox.ts";

/** Sends a snapshot straight to this process's own stdout, until `givenUp` is aborted. */
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
  // It ends by itself, since nobody reads any more.
  const gaveUp = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new ForkpointError("CANCELLED", "The caller gave up."));
    givenUp.addEventListener("abort", giveUp);
    if (givenUp.aborted) giveUp();
  });
  await Promise.race([ended, gaveUp]);
}
