import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { forkpointJson } from "./forkpointCli.ts";
import { stopAgent } from "./stopAgent.ts";

/** The inode of every subvolume's root, so of a mounted pool and not of its bare mount point. */
const btrfsRootInode = 256;

export interface DemoProject {
  /** FORKPOINT_HOME of the agent that knows the project. */
  readonly home: string;
  /** The project's volume: what a window opens. */
  readonly folder: string;
  readonly slug: string;
  /** Runs `forkpoint … --json` for this home, inside the project. */
  forkpoint(...args: readonly string[]): Promise<unknown>;
  /** Writes a file of the project. @param path from its folder */
  change(path: string, text: string): Promise<void>;
  /** Ends the agent, unmounts the pool, removes everything. */
  dispose(): Promise<void>;
}

/**
 * A small project in a pool of its own, with a directory store, made by the real command line. Its files:
 * README.md, src/app.js, src/data.json and data/notes.bin.
 */
export async function makeDemoProject(): Promise<DemoProject> {
  const root = mkdtempSync(join(tmpdir(), "project-"));
  const home = join(root, "home");
  const source = join(root, "source");
  const mount = join(root, "pool");
  mkdirSync(join(root, "store"));
  writeSource(source);
  const dispose = async () => {
    await stopAgent(home);
    if (statSync(mount, { throwIfNoEntry: false })?.ino === btrfsRootInode) {
      await promisify(execFile)("umount", [mount]);
    }
    rmSync(root, { recursive: true, force: true });
  };
  try {
    const pool = ["--image", join(root, "pool.img"), "--size", "4G", "--mount", mount];
    await forkpointJson(["pool", "create", ...pool], { home });
    await forkpointJson(["store", "set", `dir://${join(root, "store")}`], { home });
    const project = (await forkpointJson(["project", "import", source, "--slug", "demo"], { home })) as {
      path: string;
      slug: string;
    };
    const { path: folder, slug } = project;
    return {
      home,
      folder,
      slug,
      dispose,
      change: (path, text) => writeFile(join(folder, path), text),
      forkpoint: (...args) => forkpointJson(args, { home, cwd: folder }),
    };
  } catch (thrown) {
    await dispose();
    throw thrown;
  }
}

function writeSource(folder: string): void {
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "README.md"), "# Demo\n\nA project to take snapshots of.\n");
  writeFileSync(join(folder, "src", "app.js"), 'console.log("first version");\n');
  writeFileSync(join(folder, "src", "data.json"), '{ "items": [1, 2, 3] }\n');
  writeFileSync(join(folder, "data", "notes.bin"), Buffer.alloc(64 * 1024, 7));
}
