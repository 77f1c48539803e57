#!/usr/bin/env node
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir, constants } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const neededMajor = 24;
const root = resolve(import.meta.dirname, "..");
const built = join(root, "dist", "cli.mjs");
const script = existsSync(built) ? built : join(root, "agent", "cli", "main.ts");

/** @param {string} version */
function isNewEnough(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1]) >= neededMajor;
}

/** A Node that can run the command: the one named, then the one the scripts of the checkout have fetched. */
function findNode() {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forkpoint");
  const fetched = join(cache, "node24", "node_modules", `node-linux-${process.arch}`, "bin", "node");
  return [process.env["FORKPOINT_NODE"], fetched].find(
    (node) => node && isNewEnough(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout ?? ""),
  );
}

function refuse() {
  const error = {
    code: "NODE_TOO_OLD",
    message: `Forkpoint needs Node ${neededMajor} or newer; this is ${process.version}.`,
    hint: `Install Node ${neededMajor}, or name one in the environment variable FORKPOINT_NODE.`,
  };
  const text = process.argv.includes("--json")
    ? JSON.stringify({ error })
    : `${error.message}\n${error.hint}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}

/** @param {string} node */
function runWith(node) {
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  // Ctrl-C in a terminal reaches the child without us; passed on, it would arrive twice.
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => inTerminal || child.kill("SIGINT"));
  child.on("error", (thrown) => {
    process.stderr.write(`${node} cannot be started: ${thrown.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
  });
}

if (isNewEnough(process.version)) {
  process.argv[1] = script;
  await import(pathToFileURL(script).href);
} else {
  const node = findNode();
  if (node) runWith(node);
  else refuse();
}
