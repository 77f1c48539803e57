import { buffer, text } from "node:stream/consumers";
import type { Launched, LaunchedEnd } from "./programLauncher.ts";

/** How long a program that is to end may take before it is killed, in milliseconds. */
const graceMs = 5000;

export interface LaunchedResult extends LaunchedEnd {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Gives a program its input and takes what it writes, to its end; makes it end when `signal` says so.
 * @throws LauncherGone
 */
export async function launchedRun(
  program: Launched,
  { input, signal }: { readonly input?: Uint8Array | undefined; readonly signal?: AbortSignal | undefined },
): Promise<LaunchedResult> {
  if (input) program.stdin?.end(input);
  else program.stdin?.end();
  const release = endWith(program, signal);
  try {
    const [stdout, stderr, end] = await Promise.all([
      buffer(program.stdout),
      text(program.stderr),
      program.ended,
    ]);
    return { stdout, stderr, ...end };
  } finally {
    release();
  }
}

/** Makes a program end when `signal` says so, until what is returned is called. */
export function endWith(program: Launched, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    program.kill("SIGTERM");
    timer = setTimeout(() => program.kill("SIGKILL"), graceMs).unref();
  };
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  return () => {
    signal?.removeEventListener("abort", stop);
    clearTimeout(timer);
  };
}
