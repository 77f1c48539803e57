import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { checkout } from "./paths.mjs";
import { ScriptError, runMain } from "./programs.mjs";
import { aptPackages } from "./steps/aptPackages.mjs";
import { codeServer } from "./steps/codeServer.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { accountPrefix } from "./test/accounts.mjs";
import { removeLeftovers } from "./test/leftovers.mjs";

const operationGroups = /** @type {const} */ (["pool", "vscode", "browser", "helper"]);
const engineGroups = /** @type {const} */ (["pool", "s3", "rivals"]);

/**
 * Measures on real pools. `engine` as the first argument compares the safe copy with other backup tools. The rest
 * goes to test/bench/main.ts or test/bench/engine/main.ts. However it ends, nothing is left behind.
 */
runMain(async () => {
  if (process.getuid?.() !== 0) {
    throw new ScriptError("The bench mounts file systems, which only root may.", "Run: sudo npm run bench");
  }
  const [first, ...rest] = process.argv.slice(2);
  const ofEngine = first === "engine";
  await aptPackages(...(ofEngine ? engineGroups : operationGroups));
  const { node, env } = await node24();
  await npmPackages(checkout, "npm packages", env);
  const vscode = ofEngine ? {} : { FORKPOINT_TEST_VSCODE_SERVER: (await codeServer()).serverMain };
  await build({ minify: true });

  const id = randomBytes(4).toString("hex");
  const folder = join(realpathSync(tmpdir()), `forkpoint-bench-${id}`);
  // Others pass through: some agents run as ordinary users.
  mkdirSync(folder, { mode: 0o711 });
  const run = { folder, mark: `FORKPOINT_TEST_RUN=${id}`, accounts: accountPrefix(id) };
  const putAway = () => removeLeftovers(run);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => {
      putAway();
      process.exit(130);
    });
  }
  const argv = ofEngine
    ? ["test/bench/engine/main.ts", ...rest]
    : ["test/bench/main.ts", ...process.argv.slice(2)];
  const child = spawn(node, argv, {
    cwd: checkout,
    env: { ...process.env, ...env, ...vscode, TMPDIR: folder, FORKPOINT_TEST_RUN: id },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  putAway();
  return code ?? 1;
});
