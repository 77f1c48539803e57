import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The lengths of all files below a folder, in bytes. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
