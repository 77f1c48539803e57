import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Runs a script beside this one in a process of its own, with `args` as JSON, and gives how it ended:
 * the signal's name or the exit status with what it wrote.
 */
export async function runScript(script: string, args: unknown): Promise<string> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(args)], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  return signal ?? `exit ${status}: ${output}`;
}
