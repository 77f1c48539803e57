import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../paths.mjs";

/** @typedef {Parameters<typeof import("../steps/aptPackages.mjs").aptPackages>[number]} AptGroup */

/**
 * @typedef {object} Suite
 * @property {string} name what `npm test -- NAME` takes
 * @property {string} about
 * @property {readonly string[]} folders its test files lie below these, or are these; the first suite that matches
 *   has a file
 * @property {"helper" | "none"} [as] it runs files of other suites once more, as an ordinary user who has the
 *   helper, or as one who has no rights at all
 * @property {"mocha" | "extension host"} runs where
 * @property {readonly AptGroup[]} packages Debian packages that it needs
 * @property {boolean} [needsRoot] it mounts file systems
 * @property {boolean} [needsVscode] it starts the VS Code server and a browser, with the extension built
 * @property {number} minutes after which it is given up
 */

/** What a person does with the command, but for the kills, and the network to a bucket. */
const endToEnd = [
  "test/agent/endToEnd/refusals",
  "test/agent/endToEnd/catalogs.test.ts",
  "test/agent/endToEnd/closedFolders.test.ts",
  "test/agent/endToEnd/pullOnto.test.ts",
  "test/agent/endToEnd/strangers.test.ts",
  "test/agent/endToEnd/wholeStory.test.ts",
];

/** @type {readonly Suite[]} */
export const suites = [
  {
    name: "unit",
    about: "what needs no file system of its own",
    folders: [
      "test/agent/protocol",
      "test/agent/host",
      "test/agent/catalog",
      "test/extension",
      "test/webview",
      "test/scripts",
    ],
    runs: "mocha",
    packages: [],
    minutes: 5,
  },
  {
    name: "s3",
    about: "stores, directories and a real S3 server",
    folders: ["test/agent/blobstore"],
    runs: "mocha",
    packages: ["s3"],
    needsRoot: true,
    minutes: 10,
  },
  {
    name: "kills",
    about: "the agent killed at every step of every operation",
    folders: ["test/agent/endToEnd/kills"],
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 30,
  },
  {
    name: "helper",
    about: "the root-owned helper, and attacks on it by ordinary users",
    folders: ["test/agent/helper"],
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 20,
  },
  {
    name: "sync",
    about: "the repository, pushes and pulls",
    folders: ["test/agent/repository", "test/agent/sync"],
    runs: "mocha",
    packages: ["pool", "agentTests", "helper", "s3"],
    needsRoot: true,
    minutes: 50,
  },
  {
    name: "agent",
    about: "the agent and the command line on real btrfs",
    folders: ["test/agent"],
    runs: "mocha",
    packages: ["pool", "agentTests", "helper", "s3"],
    needsRoot: true,
    minutes: 50,
  },
  {
    name: "editor",
    about: "the extension inside VS Code's extension host",
    folders: ["test/editor"],
    runs: "extension host",
    packages: ["pool", "vscode", "browser"],
    needsRoot: true,
    needsVscode: true,
    minutes: 20,
  },
  {
    name: "ui",
    about: "the VS Code window, driven by a browser",
    folders: ["test/ui/window"],
    runs: "mocha",
    packages: ["pool", "vscode", "browser"],
    needsRoot: true,
    needsVscode: true,
    minutes: 40,
  },
  {
    name: "ui-none",
    about: "the VS Code window of an ordinary user without the helper",
    folders: ["test/ui/rights"],
    as: "none",
    runs: "mocha",
    packages: ["pool", "vscode", "browser", "helper"],
    needsRoot: true,
    needsVscode: true,
    minutes: 10,
  },
  {
    name: "start",
    about: "npm start, from nothing to the editor and away again",
    folders: ["test/start"],
    runs: "mocha",
    packages: ["pool", "helper", "vscode"],
    needsRoot: true,
    needsVscode: true,
    minutes: 20,
  },
];

/** The agent killed in what works otherwise for want of root's rights. */
const killsInEveryMode = ["restore", "store", "timeline"].map(
  (name) => `test/agent/endToEnd/kills/${name}.test.ts`,
);

/**
 * The same files once more, as those who run an editor have them. What cannot depend on the agent's rights runs once
 * only. That is: the tests below test/agent that are not end to end (they build a service in their own process, and
 * the rights have their own tests in test/agent/volumes and test/agent/helper), how a bucket is reached, the window's
 * package, its timeline panel and its unsaved editors, and kills of what asks for no right: deleting a project, and
 * without the helper importing, which is the same there as with it.
 *
 * @type {readonly Suite[]}
 */
export const repeatedSuites = [
  {
    name: "kills-helper",
    about: "the agent of an ordinary user with the helper, killed",
    folders: [...killsInEveryMode, "test/agent/endToEnd/kills/import.test.ts"],
    as: "helper",
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 30,
  },
  {
    name: "kills-none",
    about: "the agent of an ordinary user without the helper, killed",
    folders: killsInEveryMode,
    as: "none",
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 30,
  },
  {
    name: "agent-helper",
    about: "the agent and the command line, as an ordinary user with the helper",
    folders: ["test/agent/cli", ...endToEnd],
    as: "helper",
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 20,
  },
  {
    name: "agent-none",
    about: "the agent and the command line, as an ordinary user without the helper",
    folders: endToEnd,
    as: "none",
    runs: "mocha",
    packages: ["pool", "agentTests", "helper"],
    needsRoot: true,
    minutes: 20,
  },
  {
    name: "editor-helper",
    about: "the extension inside VS Code's extension host, as an ordinary user with the helper",
    folders: ["test/editor"],
    as: "helper",
    runs: "extension host",
    packages: ["pool", "vscode", "browser", "helper"],
    needsRoot: true,
    needsVscode: true,
    minutes: 20,
  },
  {
    name: "ui-helper",
    about: "the VS Code window, as an ordinary user with the helper",
    folders: ["cancel", "firstSteps", "forks", "health", "otherMachine", "restoring", "snapshots"].map(
      (name) => `test/ui/window/${name}.test.ts`,
    ),
    as: "helper",
    runs: "mocha",
    packages: ["pool", "vscode", "browser", "helper"],
    needsRoot: true,
    needsVscode: true,
    minutes: 20,
  },
];

/** Not tests of behaviour, and run by other commands. */
const otherFolders = ["test/support", "test/bench"];

/** All test files of the checkout, as paths from it. */
export function testFiles() {
  return readdirSync(join(checkout, "test"), { recursive: true, encoding: "utf8" })
    .map((path) => `test/${path}`)
    .filter((path) => path.endsWith(".test.ts") && !path.includes("/fixtures/"))
    .sort();
}

/**
 * The suite that a test file belongs to.
 * @param {string} file a path from the checkout
 */
export function suiteOf(file) {
  return suites.find((suite) => holds(suite, file));
}

/**
 * Whether a test file lies where a suite's files are.
 * @param {Suite} suite
 * @param {string} file a path from the checkout
 */
export function holds({ folders }, file) {
  return folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
}

/** Test files that no suite would run. */
export function orphanedTestFiles() {
  return testFiles().filter(
    (file) => !suiteOf(file) && !otherFolders.some((folder) => file.startsWith(`${folder}/`)),
  );
}
