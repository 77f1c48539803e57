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
  const { child, ended } = start(program, args, ["ignore", 1, "pipe", pool.fd]);
  const kill = () => child.kill("SIGKILL");
  givenUp.addEventListener("abort", kill);
  if (givenUp.aborted) kill();
  try {
    await ended;
  } catch (thrown) {
    if (givenUp.aborted) throw new ForkpointError("CANCELLED", "The caller gave up.", { cause: thrown });
    throw thrown;
  }
}
