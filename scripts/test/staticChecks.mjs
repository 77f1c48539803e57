import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../paths.mjs";
import { orphanedTestFiles } from "./suites.mjs";

/** @typedef {{name: string, run: (node: string) => Promise<string | undefined>}} Check gives what is wrong, or nothing */

const mostOutput = 64 * 1024 * 1024;

/** @param {string} script @param {string[]} args @returns {Check["run"]} */
function program(script, ...args) {
  return async (node) => {
    const argv = [join(checkout, "node_modules", script), ...args];
    try {
      await promisify(execFile)(node, argv, { cwd: checkout, maxBuffer: mostOutput });
      return undefined;
    } catch (thrown) {
      const { stdout, stderr, message } = /** @type {Error & {stdout?: string, stderr?: string}} */ (thrown);
      return `${stdout ?? ""}${stderr ?? ""}` || message;
    }
  };
}

/** @type {readonly Check[]} */
const checks = [
  { name: "types of agent, extension, scripts and tests", run: program("typescript/bin/tsc", "-p", ".") },
  { name: "types of the webview", run: program("typescript/bin/tsc", "-p", "webview") },
  {
    name: "lint, import directions included",
    run: program("eslint/bin/eslint.js", "--max-warnings", "0", "."),
  },
  { name: "format", run: program("prettier/bin/prettier.cjs", "--check", ".") },
  {
    name: "every test file belongs to a suite",
    run: () => Promise.resolve(orphanedTestFiles().join("\n") || undefined),
  },
];

/**
 * Runs the checks that need no running program, each counted as a test.
 * @param {string} node
 * @param {import("./runSuite.mjs").Print} print
 * @returns {Promise<import("./runSuite.mjs").Counts>}
 */
export async function runStaticChecks(node, print) {
  const counts = { passed: 0, failed: 0, failures: /** @type {string[]} */ ([]) };
  for (const { name, run } of checks) {
    const wrong = await run(node);
    if (wrong === undefined) {
      counts.passed++;
      print(`    ✔ ${name}`);
    } else {
      counts.failed++;
      counts.failures.push(`${name}\n${wrong}`);
      print(`    ✗ ${name}`);
      for (const line of wrong.split("\n")) print(`      ${line}`);
    }
  }
  return counts;
}
