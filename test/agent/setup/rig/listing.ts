import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What is at and below some paths, with everything that a change of it would move. */
export function listing(...paths: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of paths) {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stat) continue;
    const { mode, uid, gid, ino, size, mtimeNs, ctimeNs } = stat;
    found[path] = [mode.toString(8), uid, gid, ino, size, mtimeNs, ctimeNs].join(" ");
    if (!stat.isDirectory()) continue;
    Object.assign(found, listing(...readdirSync(path).map((name) => join(path, name))));
  }
  return found;
}
