import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import type { ForkpointApi } from "../../extension/api.ts";

/** Runs inside the extension host, as its tests: appends what activation took to a file. */
export async function run(): Promise<void> {
  const file = process.env["FORKPOINT_BENCH_ANSWERS"];
  const extension = vscode.extensions.getExtension<ForkpointApi>("forkpoint.forkpoint");
  if (!file || !extension) throw new Error("Not started by the bench.");
  // The window activates it by itself, as for everyone; asking would hide it if it did not.
  while (!extension.isActive) await pause(20);
  const { activatedInMs: activateMs } = extension.exports;
  appendFileSync(file, `${JSON.stringify({ activateMs, loadMs: loadAgain(extension.extensionPath) })}\n`);
}

/** The host does not tell how long it read the code, so it is read once more. */
function loadAgain(extensionPath: string): number {
  const main = join(extensionPath, "dist", "extension.cjs");
  const require = createRequire(main);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is a plain object of paths
  delete require.cache[main];
  const began = performance.now();
  require(main);
  return performance.now() - began;
}
