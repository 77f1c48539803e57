import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { errors, type Locator, type Page } from "playwright-core";
import { QuickInput } from "./quickInput.ts";
import { TreeView } from "./treeView.ts";

export const screenshotFolder = resolve(import.meta.dirname, "../../../test-output/screenshots");

/** The first window of a server that has just started. */
const loadedWithinMs = 120_000;
const paletteWithinMs = 30_000;
const paletteAskAgainMs = 2000;

/** Runs in a page: the name of what has the focus there, or null where the focus is not, or in a frame of it. */
const focusedHere = `(() => {
  const focused = document.activeElement;
  if (!document.hasFocus() || !focused || focused instanceof HTMLIFrameElement) return null;
  return focused.getAttribute("aria-label") ?? focused.textContent;
})()`;

/**
 * A VS Code window in the browser, in the words of the person in front of it. Everything waits until what
 * it looks for is there, or fails after playwright's time-out.
 */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
  }

  /** Opens a window and waits until it is usable. */
  static async open(page: Page, url: string): Promise<Workbench> {
    await page.goto(url, { timeout: loadedWithinMs });
    return Workbench.attach(page);
  }

  /** A window that something else opened, once it is usable. */
  static async attach(page: Page): Promise<Workbench> {
    const workbench = new Workbench(page);
    await workbench.#usable();
    return workbench;
  }

  /** Waits until the window has loaded again, as when it opened another folder. */
  async untilReloaded(): Promise<void> {
    await this.page.waitForEvent("load");
    await this.#usable();
  }

  /** Loads the window again by its command, which keeps what is open first; the browser's key may leave no time for that. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load", { timeout: loadedWithinMs });
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.#usable();
  }

  async #usable(): Promise<void> {
    // The remote indicator spins until the server's side of the window answers.
    await this.page.locator("#status\\.host .codicon-remote").waitFor({ timeout: 60_000 });
  }

  /**
   * Opens the command palette with `text` typed in, and waits for a command with that text. The palette
   * does not take up commands of an extension that is found later, so it is asked again until one is there.
   */
  async openCommandPalette(text: string): Promise<QuickInput> {
    const limit = performance.now() + paletteWithinMs;
    for (;;) {
      await this.page.keyboard.press("F1");
      await this.quickInput.opened();
      await this.quickInput.type(`>${text}`);
      const row = this.quickInput.row(text).first();
      try {
        await row.waitFor({ timeout: paletteAskAgainMs });
        return this.quickInput;
      } catch (thrown) {
        if (!(thrown instanceof errors.TimeoutError) || performance.now() > limit) throw thrown;
        await this.quickInput.dismiss();
      }
    }
  }

  /** Runs a command by its full title as the palette shows it, "Category: Title". */
  async runCommand(title: string): Promise<void> {
    const palette = await this.openCommandPalette(title);
    await palette.choose(title);
  }

  /** Opens a container of the activity bar by its title. */
  async openContainer(title: string): Promise<void> {
    // A click on its icon would close it, should the window have opened it by itself meanwhile.
    await this.runCommand(`View: Show ${title}`);
    await this.quickInput.closed();
  }

  /** A tree of the side bar by the title of its view. */
  tree(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /** The item of the status bar whose text or label holds `text`. */
  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text });
  }

  /** The notifications that show a text. */
  notification(text: string | RegExp): Locator {
    return this.page
      .locator(".notification-list-item, .notification-toast")
      .filter({ hasText: text })
      .first();
  }

  /** Closes all notifications, so that the next one is surely new. */
  async clearNotifications(): Promise<void> {
    await this.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }

  /** Presses a button of a notification. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).getByRole("button", { name: button, exact: true }).click();
  }

  /** The modal dialog that is open. */
  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** Presses a button of the modal dialog. */
  async answerDialog(button: string | RegExp): Promise<void> {
    await this.dialog.getByRole("button", { name: button }).click();
    await this.dialog.waitFor({ state: "detached" });
  }

  /** Answers the box at the top with what it proposes, `times` times. */
  async acceptProposals(times: number): Promise<void> {
    for (let answered = 0; answered < times; answered++) {
      await this.quickInput.opened();
      const title = await this.quickInput.title.textContent();
      await this.quickInput.accept();
      await this.quickInput.titled(title ?? "").waitFor({ state: "hidden" });
    }
  }

  /** The tab of an editor by its label. */
  editorTab(label: string | RegExp): Locator {
    return this.page.locator(".tabs-container .tab").filter({ hasText: label });
  }

  /** The document inside the webview panel that is in front. */
  get webview() {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** Opens a file of the workspace in an editor, by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.quickInput.opened();
    await this.quickInput.type(name);
    await this.quickInput.row(name).first().waitFor();
    await this.quickInput.accept();
    await this.editorTab(name).waitFor();
    await this.page.locator(".monaco-editor.focused").waitFor();
  }

  /** The text that the editor in front shows. */
  get editorText(): Locator {
    return this.page.locator(".editor-instance .view-lines").last();
  }

  /** What a screen reader calls the element that has the focus, in the window or in its webview. */
  async focusedLabel(): Promise<string | null> {
    for (const frame of this.page.frames()) {
      const label = await frame.evaluate<string | null>(focusedHere);
      if (label !== null) return label;
    }
    return null;
  }

  /** Moves the mouse to where it points at nothing, and waits until no tooltip is left of where it was. */
  async pointAtNothing(): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.waitForFunction(`![...document.querySelectorAll("[role=tooltip], .workbench-hover")].some(
      (tip) => tip.checkVisibility() && tip.getClientRects().length > 0)`);
  }

  /** Shows one path in place of another wherever the webview in front names it, until it is drawn anew. */
  async showPath(path: string, shown: string): Promise<void> {
    for (const frame of this.page.frames())
      await frame.evaluate(`((path, shown) => {
        const texts = document.createTreeWalker(document.getElementById("page") ?? new Text(), NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(path, shown);
      })(${JSON.stringify(path)}, ${JSON.stringify(shown)})`);
  }

  /** Keeps a picture of the window as test-output/screenshots/NAME.png. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshotFolder, { recursive: true });
    await this.page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
  }
}
