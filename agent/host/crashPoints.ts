/**
 * The moments between two lasting effects at which a test can kill the process. A name is
 * `operation:step`; each stands in the code right after the effect it names.
 */
export type CrashPoint = (name: string) => void;

export const neverCrash: CrashPoint = () => undefined;

/** Kills this process with SIGKILL when the point `name` is reached for the `nth` time (from 1). */
export function crashAt(name: string, nth = 1): CrashPoint {
  let seen = 0;
  return (reached) => {
    if (reached === name && ++seen === nth) process.kill(process.pid, "SIGKILL");
  };
}
