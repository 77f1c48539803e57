import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { build } from "esbuild";
import { launchBrowser } from "../support/browser.ts";
import { VscodeServer } from "../support/vscodeServer.ts";
import type { BenchProject } from "./benchProject.ts";
import type { Timing } from "./timings.ts";

const windows = 20;
const answerWithinMs = 60_000;
const checkout = join(import.meta.dirname, "../..");

interface Activated {
  readonly loadMs: number;
  readonly activateMs: number;
}

/** Opens windows of a real VS Code on a project, one after another, and asks each how long activation took. */
export async function timeActivation({ machine, project, tree, mode }: BenchProject): Promise<Timing[]> {
  const scratch = mkdtempSync(join(tmpdir(), "activation-"));
  const answers = join(scratch, "answers");
  const bundle = join(scratch, "measure.cjs");
  await build({
    absWorkingDir: checkout,
    entryPoints: ["test/bench/measureActivation.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    outfile: bundle,
    logLevel: "warning",
  });
  const server = await VscodeServer.start({
    folder: join(scratch, "vscode"),
    env: { FORKPOINT_HOME: machine.home, FORKPOINT_BENCH_ANSWERS: answers },
    forDevelopment: true,
  });
  const browser = await launchBrowser();
  const told = () =>
    existsSync(answers)
      ? readFileSync(answers, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Activated)
      : [];
  try {
    for (let window = 0; window < windows; window++) {
      const page = await browser.newPage();
      await page.goto(
        server.windowUrl(project.path, {
          extensionDevelopmentPath: server.remoteUri(checkout),
          extensionTestsPath: server.remoteUri(bundle),
        }),
      );
      const limit = performance.now() + answerWithinMs;
      while (told().length <= window) {
        if (performance.now() > limit) throw new Error("The window does not tell how long activation took.");
        await pause(100);
      }
      await page.close();
    }
    const { files } = tree;
    return [
      { operation: "extension: activate", mode, files, runs: told().map(({ activateMs }) => activateMs) },
      { operation: "extension: load its code", mode, files, runs: told().map(({ loadMs }) => loadMs) },
    ];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
