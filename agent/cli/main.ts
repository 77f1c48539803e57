import { join } from "node:path";
import { packageVersion } from "../protocol/packageVersion.ts";
import { runWithOwnNode } from "../protocol/setupCommand.ts";
import { runCli } from "./runCli.ts";
import { Terminal } from "./terminal.ts";

// Bundled, the command lies in dist/ beside the agent's folder; among the sources, one folder below it.
const script = import.meta.filename.endsWith(".ts")
  ? join(import.meta.dirname, "..", "main.ts")
  : join(import.meta.dirname, "agent", "main.mjs");

const terminal = new Terminal({
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  now: () => performance.timeOrigin + performance.now(),
});
const stopped = new AbortController();
process.on("SIGINT", () => {
  // The first asks the agent to roll back and waits for that; the second does not wait.
  // While a pager has the terminal, the key is the pager's.
  if (!stopped.signal.aborted || terminal.paging || terminal.keysAreElsewhere) stopped.abort();
  else if (terminal.lateKeys-- <= 0) process.exit(130);
});

// As with every other command, a reader that has seen enough ends it: `forkpoint log | head`.
process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
  if (thrown.code !== "EPIPE") throw thrown;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  terminal,
  launch: {
    node: process.env["FORKPOINT_NODE"] ?? process.execPath,
    script,
    version: packageVersion(import.meta.dirname),
  },
  signal: stopped.signal,
  self: runWithOwnNode(process.argv[1] ?? import.meta.filename),
});
