import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../paths.mjs";

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} failures the title of each test that failed, and from the next line on, why
 * @property {readonly string[]} [failedFiles] where those tests are, if that is all that went wrong
 * @property {Readonly<Record<string, number>>} [fileSeconds] how long each test file took
 */
/** @typedef {(line: string) => void} Print takes a line of output */

const secondsToEnd = 60;

/**
 * Runs the test files of one suite in a process of its own. A suite that crashes, hangs, or does not end
 * although its tests have, counts as one more failure.
 * @param {object} what
 * @param {import("./suites.mjs").Suite} what.suite
 * @param {readonly string[]} what.files
 * @param {readonly string[]} what.mochaArgs
 * @param {string} what.node
 * @param {NodeJS.ProcessEnv} what.env
 * @param {Print} what.print
 * @returns {Promise<Counts>}
 */
export async function runSuite({ suite, files, mochaArgs, node, env, print }) {
  const results = join(env["TMPDIR"] ?? "/tmp", `results-${suite.name}.json`);
  rmSync(results, { force: true });
  const args =
    suite.runs === "mocha"
      ? [
          join(checkout, "node_modules/mocha/bin/mocha.js"),
          ...["--reporter", join(checkout, "scripts/test/countingReporter.mjs")],
          ...mochaArgs,
          ...files,
        ]
      : [join(checkout, "test/editor/support/runInExtensionHost.ts"), ...mochaArgs, ...files];
  const asUser = suite.as ? [join(checkout, "test/support/asUser/main.ts"), suite.as, suite.name, node] : [];
  const ended = await runToEnd(node, [...asUser, ...args], {
    env: { ...env, FORKPOINT_TEST_RESULTS: results },
    minutes: suite.minutes,
    results,
    print,
  });
  if (!existsSync(results)) {
    return failed(
      { passed: 0, failed: 0, failures: [] },
      `The suite did not come to its end (${ended}).`,
      print,
    );
  }
  /** @type {Counts} */
  const counts = JSON.parse(readFileSync(results, "utf8"));
  const asExpected = counts.failed > 0 ? ended !== "hung" && ended !== "stuck" : ended === 0;
  if (asExpected) return counts;
  return failed(counts, `The tests have run, but their process did not end well (${ended}).`, print);
}

/**
 * @param {Counts} counts
 * @param {string} why
 * @param {Print} print
 * @returns {Counts}
 */
function failed(counts, why, print) {
  print(`✗ ${why}`);
  return { passed: counts.passed, failed: counts.failed + 1, failures: [...counts.failures, why] };
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {{env: NodeJS.ProcessEnv, minutes: number, results: string, print: Print}} how
 * @returns {Promise<number | string>} the exit status, the signal, "hung" or "stuck"
 */
function runToEnd(node, args, { env, minutes, results, print }) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: checkout, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream, crlfDelay: Infinity }).on("line", print);
    }
    /** @type {string | undefined} */
    let gaveUp;
    const giveUp = (/** @type {string} */ why) => {
      gaveUp = why;
      child.kill("SIGKILL");
    };
    const limit = setTimeout(() => giveUp("hung"), minutes * 60_000);
    let secondsSinceResults = 0;
    const watch = setInterval(() => {
      if (existsSync(results) && ++secondsSinceResults > secondsToEnd) giveUp("stuck");
    }, 1000);
    const end = (/** @type {number | string} */ status) => {
      clearTimeout(limit);
      clearInterval(watch);
      resolve(gaveUp ?? status);
    };
    child.on("error", (thrown) => end(thrown.message));
    child.on("exit", (code, signal) => end(code ?? signal ?? "gone"));
  });
}
