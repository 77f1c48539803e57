import { ProcessFailed } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";

/** What a program or system call says when the pool is full or refuses to write, as an error of ours. */
export function asPoolError(thrown: unknown, where: string): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  const said = thrown instanceof ProcessFailed ? thrown.stderr : "";
  if (code === "ENOSPC" || code === "EDQUOT" || /No space left on device|Disk quota exceeded/.test(said)) {
    return new ForkpointError("POOL_FULL", `The pool that holds ${where} is full.`, { cause: thrown });
  }
  if (code === "EROFS" || said.includes("Read-only file system")) {
    return new ForkpointError("POOL_READ_ONLY", `The pool that holds ${where} does not accept writes.`, {
      cause: thrown,
    });
  }
  return thrown;
}
