import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoProject } from "../../support/demoProject.ts";
import { unmountBelow } from "../../support/unmountBelow.ts";

/** What a window of VS Code is opened on. */
export interface WindowStage {
  readonly folder: string;
  readonly home: string;
  dispose(): Promise<void>;
}

/**
 * The stages for tests in the extension host: tests below test/editor/NAME run in one window on the stage
 * of that name.
 */
export const stages = {
  /** A plain folder on a machine where Forkpoint has never been set up. */
  bare: () => Promise.resolve(plainFolder()),
  /** A plain folder, and a home in which no agent can start. */
  broken: () => {
    const stage = plainFolder();
    mkdirSync(stage.home, { recursive: true });
    writeFileSync(join(stage.home, "catalog.sqlite"), "This is no catalog.".repeat(1000));
    return Promise.resolve(stage);
  },
  /** A project's volume in a pool with a store. */
  project: makeDemoProject,
} satisfies Record<string, () => Promise<WindowStage>>;

function plainFolder(): WindowStage {
  const root = mkdtempSync(join(tmpdir(), "bare-"));
  const folder = join(root, "shop");
  mkdirSync(folder);
  writeFileSync(join(folder, "prices.txt"), "bread 3\n");
  const dispose = () => {
    unmountBelow(root);
    rmSync(root, { recursive: true, force: true });
    return Promise.resolve();
  };
  return { folder, home: join(root, "home"), dispose };
}
