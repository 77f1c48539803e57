import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { bundles } from "../build.mjs";
import { checkout } from "../paths.mjs";

/**
 * Builds the agent, the command and the helper of the sources as they are now, laid out as an installed extension has
 * them. That is what people run, and it starts in half the time.
 * @param {string} folder takes `dist` and `package.json`
 * @returns {Promise<string>} the folder `dist`
 */
export async function buildPrograms(folder) {
  const { build } = await import("esbuild");
  const dist = join(folder, "dist");
  const { agent, cli, helper } = bundles({ minify: false });
  await build({ ...agent, outdir: join(dist, "agent"), logLevel: "warning" });
  await build({ ...cli, outdir: dist, logLevel: "warning" });
  await build({ ...helper, outfile: join(dist, "helper.mjs"), logLevel: "warning" });
  copyFileSync(join(checkout, "package.json"), join(folder, "package.json"));
  return dist;
}
