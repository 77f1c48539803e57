import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { forkpointJson } from "./forkpointCli.ts";
import { makePool } from "./makePool.ts";
import { stopAgent } from "./stopAgent.ts";
import { unmountBelow } from "./unmountBelow.ts";

export interface DemoProject {
  /** FORKPOINT_HOME of the agent that knows the project. */
  readonly home: string;
  /** The project's volume: what a window opens. */
  readonly folder: string;
  readonly slug: string;
  /** Runs `forkpoint … --json` for this home, inside the project. */
  forkpoint(...args: readonly string[]): Promise<unknown>;
  /** Writes a file of the project, with the folders it lies in. @param path from its folder */
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
  mkdirSync(join(root, "store"));
  writeSource(source);
  const dispose = async () => {
    await stopAgent(home);
    unmountBelow(root);
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await makePool({ home, image: join(root, "pool.img"), mib: 4096, mount: join(root, "pool") });
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
      change: async (path, text) => {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      },
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
