import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/**
 * Mocha's spec output, and the counts in the file that FORKPOINT_TEST_RESULTS names. Without that file the
 * run has not come to its end.
 */
class CountingReporter extends Mocha.reporters.Spec {
  /** @param {import("mocha").Runner} runner @param {import("mocha").MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env["FORKPOINT_TEST_RESULTS"];
      if (!file) return;
      const { passes, failures } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures }));
    });
  }
}

// Mocha loads reporters with require().
export { CountingReporter as "module.exports" };
