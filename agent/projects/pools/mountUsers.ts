import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { programName } from "../../host/programName.ts";
import { isWithin } from "../../volumes/mountTable.ts";

export interface MountUser {
  readonly pid: number;
  readonly program: string;
}

/**
 * The programs that keep a mount busy: those that work in it, run from it or hold a file of it open.
 * Programs of other users are seen by root only.
 */
export async function usersOfMount(mount: string): Promise<MountUser[]> {
  const users: MountUser[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const folder = join("/proc", name);
    const links = [join(folder, "cwd"), join(folder, "root"), join(folder, "exe")];
    const open = await unlessGone(readdir(join(folder, "fd")));
    links.push(...(open ?? []).map((each) => join(folder, "fd", each)));
    for (const link of links) {
      const target = await unlessGone(readlink(link));
      if (target === null || !isWithin(target, mount)) continue;
      users.push({ pid: Number(name), program: (await programName(Number(name))) ?? "unknown" });
      break;
    }
  }
  return users;
}

/** null for a program that ended meanwhile or that may not be looked at. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ESRCH", "EACCES", "EPERM", "ENOTDIR"].includes(code)) return null;
    throw thrown;
  }
}
