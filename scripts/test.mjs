import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { checkout } from "./paths.mjs";
import { runMain } from "./programs.mjs";
import { aptPackages } from "./steps/aptPackages.mjs";
import { codeServer } from "./steps/codeServer.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { say } from "./terminal.mjs";
import { isRoot } from "./sudo.mjs";
import { accountPrefix } from "./test/accounts.mjs";
import { giveBack, runAgainAsRoot } from "./test/asRoot.mjs";
import { buildPrograms } from "./test/builtPrograms.mjs";
import { removeLeftovers } from "./test/leftovers.mjs";
import { runSuite } from "./test/runSuite.mjs";
import { makeScratchFolder } from "./test/scratchFolder.mjs";
import { runStaticChecks } from "./test/staticChecks.mjs";
import { holds, repeatedSuites, suiteOf, suites, testFiles } from "./test/suites.mjs";

/** @typedef {import("./test/runSuite.mjs").Counts} Counts */

/**
 * What to run, from the command line: names of suites, test files or folders, and text that the title of a
 * test must contain. Nothing named means everything. A suite and a file mean that file in that suite; a file
 * alone is run as root.
 * @param {readonly string[]} args
 */
export function chosenTests(args) {
  const mochaArgs = args.filter((arg) => arg.startsWith("-"));
  const plain = args.filter((arg) => !arg.startsWith("-"));
  const every = [...suites, ...repeatedSuites];
  const names = plain.filter((arg) => arg === "static" || every.some(({ name }) => name === arg));
  const rest = plain.filter((arg) => !names.includes(arg));
  const paths = rest.filter((arg) => existsSync(resolve(arg))).map((arg) => relative(checkout, resolve(arg)));
  const titles = rest.filter((arg) => !existsSync(resolve(arg)));
  const all = plain.length === 0;
  const named = every.filter(({ name }) => names.includes(name));
  const candidates = all ? every : named.length > 0 ? named : names.length > 0 ? [] : suites;
  const files = testFiles().filter(
    (file) => paths.length === 0 || paths.some((path) => file === path || file.startsWith(`${path}/`)),
  );
  return {
    static: all || names.includes("static"),
    suites: candidates.flatMap((suite) => {
      const own = files.filter((file) => (suite.as ? holds(suite, file) : suiteOf(file) === suite));
      return own.length > 0 ? [{ suite, files: own }] : [];
    }),
    mochaArgs: [...mochaArgs, ...titles.flatMap((title) => ["--grep", title])],
  };
}

/** @param {ReturnType<typeof chosenTests>} chosen */
async function install(chosen) {
  const wanted = chosen.suites.map(({ suite }) => suite);
  const groups = wanted.flatMap(({ packages }) => packages);
  if (groups.length > 0) await aptPackages(...groups);
  const { node, env } = await node24();
  await npmPackages(checkout, "npm packages", env);
  /** @type {NodeJS.ProcessEnv} */
  const vscode = {};
  if (wanted.some(({ needsVscode }) => needsVscode)) {
    const { serverMain } = await codeServer();
    const { packageExtension } = await import("./package.mjs");
    vscode["FORKPOINT_TEST_VSIX"] = await packageExtension();
    vscode["FORKPOINT_TEST_VSCODE_SERVER"] = serverMain;
  }
  return { node, env: { ...env, ...vscode } };
}

/** @param {string[]} args */
async function main(args) {
  const chosen = chosenTests(args);
  if (!chosen.static && chosen.suites.length === 0) {
    say(
      `Nothing matches ${args.join(" ")}. Suites: static, ${[...suites, ...repeatedSuites].map(({ name }) => name).join(", ")}.`,
    );
    console.log("0 passed, 1 failed");
    return 1;
  }
  const { node, env } = await install(chosen);
  if (!isRoot && chosen.suites.some(({ suite }) => suite.needsRoot)) return runAgainAsRoot(args);
  const { folder, id } = makeScratchFolder();
  /** @type {NodeJS.ProcessEnv} */
  const testEnv = { ...process.env, ...env, TMPDIR: folder, FORKPOINT_TEST_RUN: id };
  const run = { folder, mark: `FORKPOINT_TEST_RUN=${id}`, accounts: accountPrefix(id) };
  const endWhenKilled = () => {
    removeLeftovers(run);
    giveBack();
    process.exit(130);
  };
  process.once("SIGINT", endWhenKilled).once("SIGTERM", endWhenKilled);

  if (chosen.suites.some(({ suite }) => suite.needsRoot)) {
    testEnv["FORKPOINT_TEST_BUILT"] = await buildPrograms(join(folder, "built"));
  }
  const jobs = jobsOf(chosen, node, testEnv);
  const results = await runJobs(jobs);
  if (args.length === 0) await runShakyAgain(jobs, results);
  const left = removeLeftovers(run);
  if (left.length > 0) {
    say(
      `\n✗ The tests left this on the machine (removed now):\n${left.map((line) => `    ${line}`).join("\n")}`,
    );
    results.set("leftovers", { passed: 0, failed: left.length, failures: left });
  }
  return report(results);
}

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {(print: Print, files?: readonly string[]) => Promise<Counts>} run all files, or those
 */
/** @typedef {import("./test/runSuite.mjs").Print} Print */
/** @typedef {Counts & {seconds?: number, shaky?: readonly string[]}} Result */

/** So many failures, or files with some, a run of everything may have that a busy machine has shaken. */
const mostShaky = 6;

/**
 * What is to be run, the longest first.
 * @param {ReturnType<typeof chosenTests>} chosen
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Job[]}
 */
function jobsOf(chosen, node, env) {
  const { mochaArgs } = chosen;
  const jobs = [...chosen.suites]
    .sort((a, b) => b.suite.minutes - a.suite.minutes)
    .map(({ suite, files }) => ({
      name: suite.name,
      run: (/** @type {Print} */ print, /** @type {readonly string[]} */ some = files) => {
        print(`── ${suite.name}: ${suite.about} ──`);
        return runSuite({ suite, files: some, mochaArgs, node, env, print });
      },
    }));
  if (chosen.static) {
    jobs.push({
      name: "static",
      run: (print) => {
        print("── static: types, lint, format ──");
        return runStaticChecks(node, print);
      },
    });
  }
  return jobs;
}

/**
 * Runs the files of a few failed tests once more, with nothing beside them. What passes then is named as shaky in
 * the report, and does not fail the run.
 * @param {readonly Job[]} jobs
 * @param {Map<string, Result>} results
 */
export async function runShakyAgain(jobs, results) {
  // A window's files fail together, and a story's tests one after the other.
  const failed = [...results.values()].reduce(
    (sum, each) => sum + Math.min(each.failed, each.failedFiles?.length || each.failed),
    0,
  );
  if (failed === 0 || failed > mostShaky) return;
  for (const [name, first] of results) {
    const job = jobs.find((each) => each.name === name);
    const { failedFiles = [] } = first;
    if (!job || first.failed === 0 || failedFiles.length === 0) continue;
    const again = await job.run((line) => console.log(`${"again".padEnd(13)} │ ${line}`), failedFiles);
    if (again.failed > 0) continue;
    const passed = first.passed + first.failed;
    results.set(name, { ...first, passed, failed: 0, failures: [], shaky: first.failures });
  }
}

/**
 * Runs two jobs at a time: most of what a suite does is waiting for disks, servers and windows.
 * @param {Job[]} jobs
 * @returns {Promise<Map<string, Result>>}
 */
async function runJobs(jobs) {
  const results = new Map();
  const waiting = [...jobs];
  const lane = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const prefix = jobs.length === 1 ? "" : `${job.name.padEnd(13)} │ `;
      const began = performance.now();
      const counts = await job.run((line) => console.log(`${prefix}${line}`));
      results.set(job.name, { ...counts, seconds: (performance.now() - began) / 1000 });
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

/**
 * Prints once more what failed, a line a suite and, last, the sum.
 * @param {Map<string, Result>} results
 */
function report(results) {
  for (const [name, { failures, shaky = [] }] of results) {
    for (const failure of shaky) console.log(`\n! shaky, passed when run alone: ${name} › ${shown(failure)}`);
    for (const failure of failures) console.log(`\n✗ ${name} › ${shown(failure)}`);
  }
  console.log("");
  for (const [name, { passed, failed, seconds }] of results) {
    const took = seconds === undefined ? "" : `   ${seconds.toFixed(0)} s`;
    console.log(`${failed > 0 ? "✗" : "✓"} ${name.padEnd(13)} ${passed} passed, ${failed} failed${took}`);
  }
  if (results.size > 1) printSlowest(results);
  const sum = (/** @type {"passed" | "failed"} */ key) =>
    [...results.values()].reduce((all, each) => all + each[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  // Nothing that ran, as when a title is not there, proves nothing.
  return sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
}

/** @param {Map<string, Result>} results */
function printSlowest(results) {
  const files = [...results].flatMap(([name, { fileSeconds = {} }]) =>
    Object.entries(fileSeconds).map(([file, seconds]) => ({ line: `${name} ${file}`, seconds })),
  );
  console.log("\nThe slowest files:");
  for (const { line, seconds } of files.sort((a, b) => b.seconds - a.seconds).slice(0, 25)) {
    console.log(`${seconds.toFixed(0).padStart(5)} s ${line}`);
  }
}

/**
 * What a program printed stands in the middle of a failure, and its last words matter as much as the first.
 * @param {string} failure
 */
function shown(failure) {
  const lines = failure.split("\n");
  const some = lines.length > 40 ? [...lines.slice(0, 20), "…", ...lines.slice(-20)] : lines;
  return some.join("\n    ");
}

if (process.argv[1] === import.meta.filename) {
  runMain(() => main(process.argv.slice(2)).finally(giveBack));
}
