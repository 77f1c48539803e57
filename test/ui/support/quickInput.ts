import type { Locator, Page } from "playwright-core";

/** The box at the top of the window: the command palette, picks and questions. */
export class QuickInput {
  readonly #widget: Locator;

  constructor(page: Page) {
    this.#widget = page.locator(".quick-input-widget").filter({ visible: true });
  }

  /** Waits until it is open. */
  async opened(): Promise<void> {
    await this.#widget.waitFor();
  }

  /** Waits until it is gone. */
  async closed(): Promise<void> {
    await this.#widget.waitFor({ state: "hidden" });
  }

  /** The line above its input. */
  get title(): Locator {
    return this.#widget.locator(".quick-input-title");
  }

  /** The box, as long as it has this title. */
  titled(title: string | RegExp): Locator {
    return this.#widget.locator(".quick-input-title").filter({ hasText: title });
  }

  /** Replaces what is typed in it. */
  async type(text: string): Promise<void> {
    await this.#widget
      .locator("input[type=text], input[type=password], input:not([type])")
      .first()
      .fill(text);
  }

  /** Confirms what is typed or selected. */
  async accept(): Promise<void> {
    await this.#widget
      .locator("input[type=text], input[type=password], input:not([type])")
      .first()
      .press("Enter");
  }

  /** Closes it without an answer. */
  async dismiss(): Promise<void> {
    await this.#widget
      .locator("input[type=text], input[type=password], input:not([type])")
      .first()
      .press("Escape");
    await this.closed();
  }

  /** The rows that it offers, by their label. */
  row(label: string | RegExp): Locator {
    return this.#widget.locator(".monaco-list-row").filter({ hasText: label });
  }

  /** Chooses the row with this label. */
  async choose(label: string | RegExp): Promise<void> {
    await this.row(label).first().click();
  }

  /** The labels of all rows that are drawn now, after `label` has come up. */
  async labels(label: string | RegExp): Promise<string[]> {
    await this.row(label).first().waitFor();
    const all = await this.#widget.locator(".quick-input-list-row:first-child .label-name").allTextContents();
    return all.map((text) => text.trim());
  }

  /** What it says below or beside its input: a question, or what is wrong with the answer. */
  get message(): Locator {
    return this.#widget.locator(".quick-input-message");
  }
}
