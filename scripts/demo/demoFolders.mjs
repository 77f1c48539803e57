import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder, checkout } from "../paths.mjs";

/**
 * Where `npm start` keeps everything: the folder that FORKPOINT_HOME names, else one in the XDG data folder.
 * Deleting it while nothing runs brings back the beginning.
 */
export function demoFolders() {
  const data = process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share");
  const home = resolve(process.env["FORKPOINT_HOME"] ?? join(data, "forkpoint-demo"));
  const demo = join(home, "demo");
  return {
    /** The agent's home. */
    home,
    demo,
    image: join(demo, "pool.img"),
    pool: join(demo, "pool"),
    store: join(demo, "store"),
    /** Where the sample is put together before it becomes a project: not in the agent's home, which is no place for projects. */
    scratch: join(cacheFolder, `demo-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`),
    editor: join(demo, "editor"),
    /** On the PATH of terminals in the editor. */
    bin: join(demo, "bin"),
    sample: join(checkout, "sample"),
    /** Every process of this demo carries it in its environment. */
    mark: /** @type {const} */ (["FORKPOINT_DEMO", demo]),
  };
}

/** @typedef {ReturnType<typeof demoFolders>} DemoFolders */
