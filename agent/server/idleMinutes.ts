const usual = 15;
/** The longest a timer can wait: 2^31 - 1 ms, in minutes. */
const longest = 35_791;

/**
 * After how many minutes without clients and work the agent ends: FORKPOINT_IDLE_MINUTES, where 0 means
 * never; 15 when that is absent or no number.
 */
export function idleMinutes(env: NodeJS.ProcessEnv): number {
  const named = env["FORKPOINT_IDLE_MINUTES"]?.trim();
  if (named === undefined || named === "") return usual;
  const minutes = Number(named);
  return minutes >= 0 ? Math.min(minutes, longest) : usual;
}
