import { ForkpointError } from "../protocol/errors.ts";
import { ProgramFailed } from "./programs.ts";

/** What a program or the kernel says, as an error of ours where it has a meaning for the caller. */
export function asFailure(thrown: unknown): unknown {
  const said = thrown instanceof ProgramFailed ? thrown.stderr : "";
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT" || /No space left on device|Disk quota exceeded/.test(said)) {
    return new ForkpointError("POOL_FULL", "The pool, or the disk below it, is full.", { cause: thrown });
  }
  if (code === "EROFS" || said.includes("Read-only file system")) {
    return new ForkpointError("POOL_READ_ONLY", "The pool does not accept writes.", { cause: thrown });
  }
  if (/target is busy|Device or resource busy/.test(said)) {
    return new ForkpointError("POOL_IN_USE", "The pool is in use.", {
      hint: "End the programs that work in it, then try again.",
      cause: thrown,
    });
  }
  if (/^ERROR: (unable to resolve|cannot open|failed to determine mount point)/m.test(said)) {
    return new ForkpointError("PATH_NOT_FOUND", "What was named is not there, or was replaced meanwhile.", {
      cause: thrown,
    });
  }
  if (said.includes("is not read-only")) {
    return new ForkpointError("BAD_REQUEST", "Only a read-only snapshot can be sent.", { cause: thrown });
  }
  return thrown;
}
