import type { Launched } from "./programLauncher.ts";

/** How long a program that is to end may take before it is killed, in milliseconds. */
const graceMs = 5000;

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
