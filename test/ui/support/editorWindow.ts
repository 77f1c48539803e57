import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../../support/browser.ts";
import { stopAgent } from "../../support/stopAgent.ts";
import { VscodeServer } from "../../support/vscodeServer.ts";
import { Workbench } from "./workbench.ts";

/** What a window is opened on, and whose agent it talks to. */
export interface Stage {
  readonly home: string;
  readonly folder: string;
}

/** A VS Code server with the packed extension installed, and windows of a real browser on it. */
export class EditorWindow {
  readonly #server: VscodeServer;
  readonly #browser: Browser;
  readonly #stage: Stage;
  readonly #root: string;

  private constructor(server: VscodeServer, browser: Browser, stage: Stage, root: string) {
    this.#server = server;
    this.#browser = browser;
    this.#stage = stage;
    this.#root = root;
  }

  /** Installs the VSIX, starts the server and the browser. */
  static async start(
    stage: Stage,
    settings: Readonly<Record<string, unknown>> = {},
    { restricted = false }: { readonly restricted?: boolean } = {},
  ): Promise<EditorWindow> {
    const vsix = process.env["FORKPOINT_TEST_VSIX"];
    if (!vsix) throw new Error("Run this through npm test: it packs the extension.");
    const root = mkdtempSync(join(tmpdir(), "ui-"));
    const server = await VscodeServer.start({
      folder: join(root, "vscode"),
      env: { FORKPOINT_HOME: stage.home },
      extensions: [vsix],
      settings,
      restricted,
    });
    return new EditorWindow(server, await launchBrowser(), stage, root);
  }

  /** Where the extension was installed. */
  get extensionFolder(): string {
    const folder = join(this.#root, "vscode", "extensions");
    const name = readdirSync(folder).find((each) => each.startsWith("forkpoint."));
    if (!name) throw new Error(`There is no extension in ${folder}.`);
    return join(folder, name);
  }

  /**
   * Opens one more window, on the stage's folder or another, a .code-workspace file, or with null on no folder.
   * @param language that its extensions are to speak; the editor itself has no translation here
   */
  async open(folder: string | null = this.#stage.folder, language?: string): Promise<Workbench> {
    const context = await this.#browser.newContext({ viewport: { width: 1400, height: 900 } });
    if (language !== undefined)
      await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)};`);
    context.setDefaultTimeout(60_000);
    const page: Page = await context.newPage();
    return Workbench.open(page, this.#server.windowUrl(folder));
  }

  /** Closes the windows, ends server and agent, removes what they wrote. */
  async dispose(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await stopAgent(this.#stage.home);
    rmSync(this.#root, { recursive: true, force: true });
  }
}
