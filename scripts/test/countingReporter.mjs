import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";

/**
 * Mocha's spec output, and the counts, failures and seconds of each file in the one that FORKPOINT_TEST_RESULTS names. Without that
 * file the run has not come to its end.
 */
class CountingReporter extends Mocha.reporters.Spec {
  /** @param {import("mocha").Runner} runner @param {import("mocha").MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const failures = [];
    /** @type {Set<string>} */
    const failedFiles = new Set();
    /** @type {Record<string, number>} */
    const fileSeconds = {};
    let began = 0;
    runner.on(Mocha.Runner.constants.EVENT_SUITE_BEGIN, ({ parent }) => {
      if (parent?.root) began = performance.now();
    });
    runner.on(Mocha.Runner.constants.EVENT_SUITE_END, ({ parent, file }) => {
      if (!parent?.root || !file) return;
      const path = relative(process.cwd(), file);
      fileSeconds[path] = (fileSeconds[path] ?? 0) + (performance.now() - began) / 1000;
    });
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      if (test.file) failedFiles.add(relative(process.cwd(), test.file));
      failures.push(`${test.titlePath().join(" › ")}\n${error?.stack ?? error}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["FORKPOINT_TEST_RESULTS"];
      if (!file) return;
      const { passes, failures: failed } = this.stats;
      writeFileSync(
        file,
        JSON.stringify({ passed: passes, failed, failures, failedFiles: [...failedFiles], fileSeconds }),
      );
    });
  }
}

// Mocha loads reporters with require().
export { CountingReporter as "module.exports" };
