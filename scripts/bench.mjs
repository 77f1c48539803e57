import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "./build.mjs";
import { checkout } from "./paths.mjs";
import { ScriptError, runMain } from "./programs.mjs";
import { aptPackages } from "./steps/aptPackages.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";

/** Measures on a real pool; arguments go to test/bench/main.ts. */
runMain(async () => {
  if (process.getuid?.() !== 0) {
    throw new ScriptError("The bench mounts file systems, which only root may.", "Run: sudo npm run bench");
  }
  await aptPackages("pool");
  const { node, env } = await node24();
  await npmPackages(checkout, "npm packages", env);
  await build({ minify: true });
  const child = spawn(node, [join(checkout, "test/bench/main.ts"), ...process.argv.slice(2)], {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return code ?? 1;
});
