import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { launchBrowser } from "../../support/browser.ts";
import { VscodeServer } from "../../support/vscodeServer.ts";
import { checkout } from "./bundleTests.ts";

export interface HostedRun {
  /** A name for what the run leaves in test-output. */
  readonly name: string;
  /** What the window is opened on. */
  readonly folder: string;
  /** The file that exports `run`. */
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the VS Code under test may write; removed by the caller. */
  readonly scratch: string;
  /** Resolves when the run has told its end; false when it has fallen silent. */
  readonly finished: () => Promise<boolean>;
}

/** The extension host of the VS Code server, its window in a browser. */
export async function runOnServer(run: HostedRun): Promise<void> {
  const server = await VscodeServer.start({
    folder: join(run.scratch, "vscode"),
    env: run.env,
    forDevelopment: true,
    // In a browser the editor would save by itself, within a second, what a test wants unsaved.
    settings: { "files.autoSave": "off" },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(
      server.windowUrl(run.folder, {
        extensionDevelopmentPath: server.remoteUri(checkout),
        extensionTestsPath: server.remoteUri(run.bundle),
      }),
    );
    if (await run.finished()) return;
    await page.screenshot({ path: join(checkout, "test-output", "editor", `${run.name}-stuck.png`) });
    throw new Error("No news from the extension host for a long time; see test-output/editor.");
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The extension host of a desktop VS Code, which is downloaded. */
export async function runOnDesktop(run: HostedRun): Promise<void> {
  const ended = runTests({
    extensionDevelopmentPath: checkout,
    extensionTestsPath: run.bundle,
    extensionTestsEnv: { ...run.env },
    launchArgs: [
      run.folder,
      ...["--user-data-dir", join(run.scratch, "user"), "--extensions-dir", join(run.scratch, "extensions")],
      ...["--disable-workspace-trust", "--disable-gpu", "--no-sandbox"],
    ],
  });
  // A desktop that cannot be downloaded or started is reported at once, not after a long silence.
  await Promise.all([ended, Promise.race([run.finished(), ended])]);
}
