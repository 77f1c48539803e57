import type { Locator, Page } from "playwright-core";

const menuSettlesMs = 500;

/** A tree view of the side bar. */
export class TreeView {
  readonly #page: Page;
  readonly #pane: Locator;

  constructor(page: Page, title: string) {
    this.#page = page;
    this.#pane = page.locator(".pane").filter({ has: page.locator(".pane-header", { hasText: title }) });
  }

  /** Opens the section of this tree when it is folded. */
  async expand(): Promise<void> {
    const header = this.#pane.locator(".pane-header");
    if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
  }

  /** The rows whose text holds `text`. */
  row(text: string | RegExp): Locator {
    return this.#pane.locator(".monaco-list-row").filter({ hasText: text });
  }

  /** The row on which the keyboard acts. */
  get focused(): Locator {
    return this.#pane.locator(".monaco-list-row.focused");
  }

  /** The rows that are drawn, each as its accessible label. */
  async labels(): Promise<string[]> {
    const rows = await this.#pane.locator(".monaco-list-row").all();
    return Promise.all(rows.map(async (row) => (await row.getAttribute("aria-label")) ?? ""));
  }

  /** Presses an inline action of a row by its tooltip. */
  async inlineAction(row: string | RegExp, action: string): Promise<void> {
    const line = this.row(row).first();
    await line.hover();
    await line.getByRole("button", { name: action }).click();
  }

  /** Presses an action in the header of the view by its tooltip. */
  async headerAction(action: string): Promise<void> {
    await this.#pane.locator(".pane-header").hover();
    await this.#pane.locator(".pane-header").getByRole("button", { name: action }).click();
    // Its tooltip would come later, and lie over the first rows.
    await this.#page.mouse.move(0, 0);
  }

  /** Chooses an entry of a row's context menu. */
  async contextAction(row: string | RegExp, action: string): Promise<void> {
    await this.row(row).first().click({ button: "right" });
    const item = this.#page.getByRole("menuitem", { name: action });
    await item.hover();
    // A menu that has just opened takes no click yet, so that the one that opened it chooses nothing.
    await this.#page.waitForTimeout(menuSettlesMs);
    await item.click();
  }

  /** All of it: its header, its message and its rows. */
  get pane(): Locator {
    return this.#pane;
  }

  /** What the view shows instead of rows. */
  get welcome(): Locator {
    return this.#pane.locator(".welcome-view-content");
  }
}
