import type { ErrorCode } from "../protocol/errors.ts";
import { ForkpointError } from "../protocol/errors.ts";

const codes: Readonly<Record<string, { code: ErrorCode; why: string; hint?: string }>> = {
  ENOSPC: { code: "STORE_FULL", why: "its disk is full" },
  EDQUOT: { code: "STORE_FULL", why: "the quota of its disk is used up" },
  EFBIG: { code: "STORE_FULL", why: "its file system takes no file as large as this" },
  EROFS: {
    code: "STORE_READ_ONLY",
    why: "its file system is read-only",
    hint: "Look for disk errors with `dmesg`, mount it for writing, or choose another store.",
  },
  EACCES: forbidden(),
  EPERM: forbidden(),
  ELOOP: {
    code: "STORE_DENIED",
    why: "a symbolic link stands in it, and links are not followed",
    hint: "Remove the link from the store's folder.",
  },
};

/**
 * The ForkpointError for a failed file operation in the store's folder. What is neither a failure of the
 * system nor known comes back as it was.
 * @param doing what was tried, as "write refs/a"
 */
export function folderFailure(thrown: unknown, folder: string, doing: string): unknown {
  if (!(thrown instanceof Error) || !isSystemError(thrown)) return thrown;
  const { code, why, hint } = codes[thrown.code] ?? {
    code: "STORE_UNREACHABLE" as const,
    why: `the system answers ${thrown.code}`,
    hint: "Check the disk and how it is mounted. Work goes on; the copy catches up by itself.",
  };
  return new ForkpointError(code, `Cannot ${doing} in ${folder}: ${why}.`, {
    cause: thrown,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The store's folder, or what marks it as a store, is not where it was. */
export function folderGone(folder: string, why: string, cause?: unknown): ForkpointError {
  return new ForkpointError("STORE_UNREACHABLE", `The store ${folder} is not there: ${why}.`, {
    hint: "Connect and mount its disk. If the store moved or is lost, set another with `forkpoint store set URL`.",
    cause,
  });
}

/** Whether it is the system's failure of that kind. */
export function isFailure(thrown: unknown, ...codesOfInterest: readonly string[]): boolean {
  return thrown instanceof Error && isSystemError(thrown) && codesOfInterest.includes(thrown.code);
}

function isSystemError(thrown: Error): thrown is NodeJS.ErrnoException & { code: string } {
  return "syscall" in thrown && "code" in thrown && typeof thrown.code === "string";
}

function forbidden() {
  return {
    code: "STORE_DENIED" as const,
    why: "permission is denied",
    hint: "Let the user that runs the agent read and write this folder.",
  };
}
