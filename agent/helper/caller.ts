import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { State } from "./installation.ts";
import type { Intent, ProcessMark, Registry } from "./registry.ts";

/** Who asks, and with what the helper serves. */
export interface Call {
  /** The caller's user number, which sudoers vouches for. */
  readonly uid: number;
  readonly state: State;
  readonly registry: Registry;
  readonly mark: ProcessMark;
}

/** The folder of a user's mount points. */
export function mountsFolderOf({ state, uid }: Pick<Call, "state" | "uid">): string {
  return join(state.pools, String(uid));
}

export function mountPointOf(call: Pick<Call, "state" | "uid">, name: string): string {
  return join(mountsFolderOf(call), name);
}

/** Does `work` under an intent, which ends with it, however it ends but by a kill. */
export async function underIntent<T>(
  { registry, uid, mark }: Call,
  intent: Intent,
  work: (id: number) => Promise<T>,
): Promise<T> {
  const id = registry.begin(uid, mark, intent);
  const result = await work(id);
  registry.end(id);
  return result;
}

/** This process. */
export function ownMark(): ProcessMark {
  const started = startOf(process.pid);
  if (started === null) throw new Error("This process is not in /proc.");
  return { pid: process.pid, started };
}

export function isAlive({ pid, started }: ProcessMark): boolean {
  return startOf(pid) === started;
}

/** When a process started; null when there is none. proc_pid_stat(5), field 22. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw thrown;
  }
}
