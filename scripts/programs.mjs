import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { logFolder } from "./paths.mjs";

/** A failure that is explained by its message alone; the scripts print it without a stack. */
export class ScriptError extends Error {
  /** @param {string} message @param {string} [hint] what the person can do about it */
  constructor(message, hint) {
    super(hint ? `${message}\n  ${hint}` : message);
    this.name = "ScriptError";
  }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/** Asks the programs that `run` has started and that still run to end; their `run` then rejects. */
export function stopPrograms() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {(line: string) => void} [onLine] every line of output, as it comes
 * @property {string} [log] name of the log file that takes the whole output
 */

/**
 * Runs a program to its end, its output kept in a log file.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export async function run(program, args, options = {}) {
  mkdirSync(logFolder, { recursive: true });
  const logPath = join(logFolder, `${options.log ?? basename(program)}-${process.pid}.log`);
  const log = createWriteStream(logPath, { flags: "a" });
  log.write(`\n$ ${program} ${args.join(" ")}\n`);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let stdout = "";
  /** @type {string[]} */
  const tail = [];
  for (const [stream, isStdout] of /** @type {const} */ ([
    [child.stdout, true],
    [child.stderr, false],
  ])) {
    stream.setEncoding("utf8");
    stream.on("data", (/** @type {string} */ text) => {
      log.write(text);
      if (isStdout) stdout += text;
      for (const line of text.split("\n").filter((each) => each.trim())) {
        options.onLine?.(line);
        tail.push(line);
      }
      tail.splice(0, tail.length - 25);
    });
  }
  const status = await new Promise((resolve, reject) => {
    child.on("error", (thrown) => reject(new ScriptError(`Cannot start ${program}: ${thrown.message}`)));
    child.on("close", (code, signal) => resolve(code ?? signal));
  }).finally(() => {
    running.delete(child);
    log.end();
  });
  if (status !== 0) {
    throw new ScriptError(
      `${program} ${args.slice(0, 3).join(" ")} failed (${status}):\n${tail.join("\n")}`,
      `Everything it printed: ${logPath}`,
    );
  }
  return stdout;
}

/**
 * Runs a short program and gives its answer instead of throwing.
 * @param {string} program
 * @param {readonly string[]} args
 */
export function ask(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  return {
    ok: !error && status === 0,
    missing: error !== undefined,
    stdout: stdout ?? "",
    stderr: stderr ?? "",
  };
}

/**
 * Runs a script's main function; a ScriptError is shown as its message, anything else with its stack.
 * @param {() => Promise<number | void>} main its result is the exit status
 */
export function runMain(main) {
  main().then(
    (status) => {
      if (status) process.exitCode = status;
    },
    (thrown) => {
      process.stderr.write(
        `\n${thrown instanceof ScriptError ? thrown.message : (thrown?.stack ?? String(thrown))}\n`,
      );
      process.exitCode = 1;
    },
  );
}
