import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "./build.mjs";
import { extensionSources } from "./extensionSources.mjs";
import { checkout } from "./paths.mjs";
import { ScriptError, run, runMain } from "./programs.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { showing } from "./terminal.mjs";

const largestBytes = 5 * 1024 * 1024;

/**
 * Builds for release and packs the extension, unless that was done from the sources as they are now.
 * @returns {Promise<string>} the VSIX file
 */
export async function packageExtension() {
  await npmPackages(checkout, "npm packages");
  const { node, env } = await node24();
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const vsix = join(checkout, `forkpoint-${version}.vsix`);
  const mark = join(checkout, "node_modules/.cache/forkpoint/vsix-made-from");
  const now = extensionSources();
  const whole = [vsix, mark, join(checkout, "dist/cli.mjs")].every((file) => existsSync(file));
  if (whole && readFileSync(mark, "utf8") === now) return vsix;
  rmSync(mark, { force: true });
  await showing("Extension: build and pack", async () => {
    await build({ minify: true });
    const vsce = join(checkout, "node_modules/@vscode/vsce/vsce");
    const args = [
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
    ];
    await run(node, [vsce, ...args, "--out", vsix], { cwd: checkout, env, log: "vsce" });
  });
  const bytes = statSync(vsix).size;
  if (bytes > largestBytes)
    throw new ScriptError(`${vsix} has ${bytes} bytes; at most ${largestBytes} are wanted.`);
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, now);
  return vsix;
}

if (process.argv[1] === import.meta.filename) {
  runMain(async () => {
    const vsix = await packageExtension();
    console.log(`${vsix} (${(statSync(vsix).size / 1024).toFixed(0)} KiB)`);
  });
}
