import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../paths.mjs";
import { run } from "../programs.mjs";
import { isRoot } from "../sudo.mjs";
import { npmPackages } from "../steps/npmPackages.mjs";
import { showing } from "../terminal.mjs";

const slug = "pinboard";
const poolSize = "20G";

/**
 * Asks the agent of the demo through the command line, as a person would.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv}} node24
 */
export function forkpointOf({ home, mark }, { node, env }) {
  return async (/** @type {string[]} */ ...args) => {
    const answer = await run(node, [join(checkout, "bin/forkpoint.mjs"), ...args, "--json"], {
      env: { ...env, FORKPOINT_HOME: home, [mark[0]]: mark[1] },
      log: "forkpoint",
    });
    return JSON.parse(answer);
  };
}

/** @typedef {ReturnType<typeof forkpointOf>} Forkpoint */

/**
 * Makes what is missing of the demo's pool, store and project. Each part is asked for first, so a start
 * that was killed half way is carried on.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv}} node24
 * @returns {Promise<string>} the project's folder
 */
export async function makeWorkspace(folders, node24) {
  const forkpoint = forkpointOf(folders, node24);
  mkdirSync(folders.store, { recursive: true });
  const pools = await forkpoint("pool", "status");
  if (!pools.some((/** @type {{image: string}} */ pool) => pool.image === folders.image)) {
    await showing(`Pool: a btrfs file system of up to ${poolSize} in ${folders.image}`, async () => {
      // One that the agent does not know was never finished.
      rmSync(folders.image, { force: true });
      // The helper mounts a user's pools below a folder of its own.
      const mount = isRoot ? ["--mount", folders.pool] : [];
      await forkpoint("pool", "create", "--image", folders.image, "--size", poolSize, ...mount);
    });
  }
  const store = await forkpoint("store", "show");
  if (!store) await forkpoint("store", "set", `dir://${folders.store}`);
  const projects = await forkpoint("project", "list");
  const found = projects.find((/** @type {{slug: string}} */ project) => project.slug === slug);
  if (found) return found.path;
  const source = await prepareSample(folders, node24);
  const project = await showing("Project: the sample becomes a workspace", () =>
    forkpoint("project", "import", source, "--slug", slug, "--copy"),
  );
  rmSync(folders.scratch, { recursive: true, force: true });
  return project.path;
}

/**
 * The sample with its dependencies installed and its database filled.
 * @param {import("./demoFolders.mjs").DemoFolders} folders
 * @param {{node: string, env: NodeJS.ProcessEnv}} node24
 */
async function prepareSample({ sample, scratch }, { node, env }) {
  const copy = join(scratch, slug);
  if (!existsSync(copy)) {
    const partial = join(scratch, "partial");
    rmSync(partial, { recursive: true, force: true });
    const inSources = (/** @type {string} */ path) => !/\/(?:node_modules|data)$/.test(path);
    cpSync(sample, partial, { recursive: true, filter: inSources });
    cpSync(partial, copy, { recursive: true });
    rmSync(partial, { recursive: true });
  }
  await npmPackages(copy, "Sample: its npm packages", env);
  await run(node, [join(copy, "scripts/seed.js")], { cwd: copy, env, log: "sample" });
  return copy;
}
