import { join, resolve } from "node:path";
import { build } from "esbuild";

/** The checkout; test-output/ lies in it, so that the bundle finds mocha. */
export const checkout = resolve(import.meta.dirname, "../../..");

/**
 * Bundles test files for the extension host, which takes one CommonJS file that exports `run`.
 * @returns the bundle
 */
export async function bundleTests(name: string, files: readonly string[]): Promise<string> {
  const outfile = join(checkout, "test-output", "editor", `${name}.cjs`);
  const imports = files.map((file) => `await import(${JSON.stringify(`./${file}`)});`).join("\n");
  await build({
    absWorkingDir: checkout,
    stdin: {
      contents: `import { runMocha } from "./test/editor/support/runMocha.ts";
        export const run = () => runMocha(async () => { ${imports} });`,
      loader: "ts",
      resolveDir: checkout,
    },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
    outfile,
  });
  return outfile;
}
