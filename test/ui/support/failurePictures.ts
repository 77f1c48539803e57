import type { Workbench } from "./workbench.ts";

/** Keeps a picture of the window after each test of this suite that fails. */
export function pictureFailures(window: () => Workbench | undefined): void {
  afterEach(async function () {
    const test = this.currentTest;
    if (test?.state !== "failed") return;
    await window()?.screenshot(
      `failed-${test
        .fullTitle()
        .replace(/[^A-Za-z0-9]+/g, "-")
        .slice(0, 120)}`,
    );
  });
}
