import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../lock.mjs";
import { cacheFolder } from "../paths.mjs";
import { run } from "../programs.mjs";
import { showing } from "../terminal.mjs";

/**
 * `npm ci` in a folder, unless node_modules already is what the lock file says.
 * @param {string} folder
 * @param {string} title
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function npmPackages(folder, title, env = {}) {
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  const mark = join(folder, "node_modules", ".forkpoint-lock-digest");
  const whole = () => existsSync(mark) && readFileSync(mark, "utf8") === wanted;
  if (whole()) return;
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  await withLock(join(cacheFolder, "locks", `npm-${name}`), async () => {
    if (whole()) return;
    await showing(title, async (progress) => {
      await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=http"], {
        cwd: folder,
        env,
        log: "npm-ci",
        onLine: (line) => progress.detail(line),
      });
      writeFileSync(mark, wanted);
    });
  });
}
