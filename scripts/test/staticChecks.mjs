import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../paths.mjs";
import { orphanedTestFiles } from "./suites.mjs";

/** @typedef {{name: string, run: (node: string) => string | undefined}} Check gives what is wrong, or nothing */

/** @param {string} script @param {string[]} args @returns {Check["run"]} */
function program(script, ...args) {
  return (node) => {
    const { status, stdout, stderr } = spawnSync(node, [join(checkout, "node_modules", script), ...args], {
      cwd: checkout,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    return status === 0 ? undefined : `${stdout}${stderr}`;
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
    run: () => orphanedTestFiles().join("\n") || undefined,
  },
];

/**
 * Runs the checks that need no running program, each counted as a test.
 * @param {string} node
 * @returns {import("./runSuite.mjs").Counts}
 */
export function runStaticChecks(node) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, run } of checks) {
    const wrong = run(node);
    if (wrong === undefined) {
      counts.passed++;
      console.log(`    ✔ ${name}`);
    } else {
      counts.failed++;
      console.log(`    ✗ ${name}\n${wrong.replaceAll(/^/gm, "      ")}`);
    }
  }
  return counts;
}
