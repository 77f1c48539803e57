import { readdir } from "node:fs/promises";
import { joinBytes } from "./bytePaths.ts";

/** How many entries lie below a folder, itself not counted; links are not followed. */
export async function countEntries(folder: Buffer, signal: AbortSignal): Promise<number> {
  let count = 0;
  const open = [folder];
  for (let at = open.pop(); at; at = open.pop()) {
    signal.throwIfAborted();
    for (const entry of await readdir(at, { withFileTypes: true, encoding: "buffer" })) {
      count++;
      if (entry.isDirectory()) open.push(joinBytes(at, entry.name));
    }
  }
  return count;
}
