import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed } from "../installed.mjs";
import { run } from "../programs.mjs";
import { node24 } from "./node24.mjs";

const version = "4.139.1";
const quiet = ["--no-audit", "--no-fund", "--loglevel=http"];

/**
 * The server of VS Code with its web workbench, from the npm package code-server. Needs the Debian
 * packages of `aptPackages("vscode")` to compile its native modules.
 *
 * Installing it in one go fails (a bin of a sibling package is not executable yet when it is wanted), so
 * it is done level by level; a level that is whole is not done again.
 * @returns {Promise<{entry: string, serverMain: string}>} `entry` is what people run, `serverMain` the
 *   bare server, which takes the flags for tests
 */
export async function codeServer() {
  const { env } = await node24();
  const folder = await installed({
    name: `code-server-${version}`,
    title: `VS Code server ${version} (once; about 5 minutes)`,
    proof: "node_modules/code-server/lib/vscode/out/server-main.js",
    make: async (partial, progress) => {
      const vscode = join(partial, "node_modules/code-server/lib/vscode");
      const levels = [
        { folder: partial, args: ["--ignore-scripts", "--save-exact", `code-server@${version}`] },
        { folder: vscode, args: ["--omit=dev"] },
        { folder: join(vscode, "extensions"), args: ["--omit=dev"] },
      ];
      writeFileSync(join(partial, "package.json"), '{ "private": true }\n');
      for (const [level, { folder: cwd, args }] of levels.entries()) {
        const whole = join(partial, `level-${level}-is-whole`);
        if (existsSync(whole)) continue;
        rmSync(join(cwd, "node_modules"), { recursive: true, force: true });
        await run("npm", ["install", ...args, ...quiet], {
          cwd,
          env,
          log: "code-server",
          onLine: (line) => progress.detail(line),
        });
        writeFileSync(whole, "");
      }
    },
  });
  const root = join(folder, "node_modules/code-server");
  return { entry: join(root, "out/node/entry.js"), serverMain: join(root, "lib/vscode/out/server-main.js") };
}
