import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "./build.mjs";
import { checkout } from "./paths.mjs";
import { runMain } from "./programs.mjs";
import { node24 } from "./steps/node24.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { testFiles } from "./test/suites.mjs";

/**
 * Runs the tests below test/editor in a desktop VS Code, which @vscode/test-electron downloads; for
 * machines that can. Those on a project need root on Linux. `npm test -- editor` runs the same ones in the server's extension host.
 */
runMain(async () => {
  const { node, env } = await node24();
  await npmPackages(checkout, "npm packages", env);
  await build();
  const runner = join(checkout, "test/editor/support/runInExtensionHost.ts");
  const canMount = process.platform === "linux" && process.getuid?.() === 0;
  const files = testFiles().filter((file) =>
    file.startsWith(canMount ? "test/editor/" : "test/editor/bare/"),
  );
  const child = spawn(node, [runner, "--desktop", ...files], {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return code ?? 1;
});
