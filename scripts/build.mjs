import { existsSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { checkout } from "./paths.mjs";
import { runMain } from "./programs.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";

/** @typedef {import("esbuild").BuildOptions} BuildOptions */

/**
 * A bundle has no sources beside it: `new URL("./x.worker.ts", import.meta.url)` has to name the bundled
 * worker, which lies flat beside the agent.
 * @type {import("esbuild").Plugin}
 */
const workerAddresses = {
  name: "worker addresses",
  setup(build) {
    build.onLoad({ filter: /\/agent\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes(".worker.ts")) return undefined;
      const contents = source.replaceAll(
        /(["'])\.\/(?:[\w-]+\/)*([\w-]+)\.worker\.ts\1/g,
        '"./$2.worker.mjs"',
      );
      return { contents, loader: "ts" };
    });
  },
};

/**
 * What is built, one bundle set an entry of this table.
 * @param {{minify: boolean}} how
 * @returns {Record<string, BuildOptions>}
 */
export function bundles({ minify }) {
  const workers = sources("agent", /\.worker\.ts$/);
  const panels = sources("webview", /^webview\/[^/]+\/main\.ts$/);
  /** @type {BuildOptions} */
  const common = {
    absWorkingDir: checkout,
    bundle: true,
    minify,
    keepNames: true,
    sourcemap: minify ? false : "linked",
    // They are beside it.
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
  };
  /** @type {BuildOptions} */
  const onNode = {
    ...common,
    platform: "node",
    target: "node24",
    format: "esm",
    // Optional native parts of ws, which works without them.
    external: ["bufferutil", "utf-8-validate"],
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [workerAddresses],
  };
  return {
    extension: {
      ...common,
      platform: "node",
      target: "node20",
      format: "cjs",
      external: ["vscode", "bufferutil", "utf-8-validate"],
      entryPoints: ["extension/main.ts"],
      outfile: "dist/extension.cjs",
    },
    agent: {
      ...onNode,
      entryPoints: Object.fromEntries(
        ["agent/main.ts", ...workers].map((file) => [basename(file, ".ts"), file]),
      ),
      outdir: "dist/agent",
      // What is imported on demand is read on demand.
      splitting: true,
      chunkNames: "[name]-[hash]",
      outExtension: { ".js": ".mjs" },
    },
    cli: {
      ...onNode,
      entryPoints: { cli: "agent/cli/main.ts" },
      outdir: "dist",
      splitting: true,
      // Beside the command, whose folder is that of whatever is part of it.
      chunkNames: "cli-[name]-[hash]",
      outExtension: { ".js": ".mjs" },
    },
    // All of it in one file, which is copied to where only root can write.
    helper: { ...onNode, entryPoints: ["agent/helper/main.ts"], outfile: "dist/helper.mjs" },
    webview: {
      ...common,
      platform: "browser",
      target: "es2023",
      format: "iife",
      loader: { ".css": "text", ".svg": "text" },
      entryPoints: Object.fromEntries(panels.map((file) => [basename(dirname(file)), file])),
      outdir: "dist/webview",
    },
  };
}

/** @param {string} folder @param {RegExp} pattern */
function sources(folder, pattern) {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path}`)
    .filter((path) => pattern.test(path) && !path.includes("/node_modules/"))
    .sort();
}

/**
 * Builds everything once.
 * @param {{minify?: boolean}} [how]
 * @returns {Promise<Map<string, number>>} the bytes of each file that was written, by its path from the checkout
 */
export async function build({ minify = false } = {}) {
  const { build: bundle } = await import("esbuild");
  rmSync(join(checkout, "dist"), { recursive: true, force: true });
  const sizes = new Map();
  for (const options of Object.values(bundles({ minify }))) {
    if (!hasSources(options)) continue;
    const { metafile } = await bundle({ ...options, logLevel: "warning" });
    for (const [path, { bytes }] of Object.entries(metafile?.outputs ?? {})) sizes.set(path, bytes);
  }
  return sizes;
}

/**
 * Whether the bundle can be made.
 * @param {BuildOptions} options
 */
export function hasSources({ entryPoints }) {
  const files = Object.values(/** @type {Record<string, string>} */ (entryPoints ?? {}));
  return files.length > 0 && files.every((file) => existsSync(join(checkout, file)));
}

if (process.argv[1] === import.meta.filename) {
  runMain(async () => {
    await npmPackages(checkout, "npm packages");
    const sizes = await build({ minify: process.argv.includes("--minify") });
    for (const [path, bytes] of sizes) {
      if (!path.endsWith(".map"))
        console.log(`${path.padEnd(36)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB`);
    }
  });
}
