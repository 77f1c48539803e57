import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";

/** Where a system keeps its programs. What the caller's PATH says is never asked: root would run it. */
const systemFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/** The path of a program of the system; undefined when it is not installed. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of systemFolders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
