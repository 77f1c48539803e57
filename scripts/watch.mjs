import { watch } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bundles, hasSources } from "./build.mjs";
import { checkout } from "./paths.mjs";
import { runMain } from "./programs.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";

/** @typedef {import("esbuild").Message} Message */

const quietMs = 30;

/**
 * Builds, then again whenever a source changes: the bundles that hold it. What it prints is what
 * .vscode/tasks.json looks for. The file system tells of changes: esbuild's own watching looks around
 * every other second.
 */
async function watchSources() {
  const { context } = await import("esbuild");
  const watched = Object.values(bundles({ minify: false }))
    .filter(hasSources)
    .map(async (options) => ({
      context: await context(options),
      /** @type {Set<string> | undefined} */ inputs: undefined,
    }));
  const all = await Promise.all(watched);
  /** @type {Set<string>} */
  const changed = new Set();
  let building = Promise.resolve();
  let waiting = false;
  const rebuild = async () => {
    waiting = false;
    const wanted = all.filter(({ inputs }) => !inputs || [...changed].some((path) => inputs.has(path)));
    changed.clear();
    if (wanted.length === 0) return;
    const began = performance.now();
    console.log("[watch] build started");
    await Promise.all(
      wanted.map(async (bundle) => {
        const result = await bundle.context.rebuild().catch((failed) => failed);
        describeAll(result);
        // One that failed does not tell what it read.
        bundle.inputs = result.metafile && new Set(Object.keys(result.metafile.inputs));
      }),
    );
    console.log(`[watch] build finished in ${(performance.now() - began).toFixed(0)} ms`);
  };
  const note = (/** @type {string} */ path) => {
    changed.add(path);
    if (waiting) return;
    waiting = true;
    // An editor writes several files, and each in several steps.
    building = building.then(() => pause(quietMs)).then(rebuild);
  };
  for (const folder of ["agent", "extension", "webview"]) {
    watch(join(checkout, folder), { recursive: true }, (_, name) => note(`${folder}/${name ?? ""}`));
  }
  await rebuild();
}

/** @param {{errors: Message[], warnings: Message[]}} result of a build, or what a failed one threw */
function describeAll({ errors, warnings }) {
  for (const message of errors) console.log(described("error", message));
  for (const message of warnings) console.log(described("warning", message));
}

/** @param {"error" | "warning"} severity @param {Message} message */
function described(severity, { location, text }) {
  const where = location
    ? `${relative(checkout, join(checkout, location.file))}:${location.line}:${location.column + 1}`
    : "build:1:1";
  return `${where}: ${severity}: ${text}`;
}

runMain(async () => {
  await npmPackages(checkout, "npm packages");
  await watchSources();
});
