import { writeFileSync } from "node:fs";
import type { Workbench } from "./workbench.ts";

/** The colour themes that every view must be readable in, with the classes by which window and webviews know them. */
const themes = {
  light: { theme: "Default Light Modern", window: "vs", page: "vscode-light" },
  dark: { theme: "Default Dark Modern", window: "vs-dark", page: "vscode-dark" },
  "high-contrast": { theme: "Default High Contrast", window: "hc-black", page: "vscode-high-contrast" },
} as const;

export type Look = keyof typeof themes;
export const looks = Object.keys(themes) as Look[];

/**
 * Writes a .code-workspace file on a folder, to be opened in a window. Its settings lie outside the folder, and an open
 * window follows them, which it does not do with those of the person.
 */
export function writeLook(look: Look, file: string, folder: string): void {
  const settings = { "workbench.colorTheme": themes[look].theme };
  writeFileSync(file, JSON.stringify({ folders: [{ path: folder }], settings }));
}

/** Waits until a window is drawn in a look, with whatever is open in it. */
export async function untilDrawn(look: Look, window: Workbench): Promise<void> {
  await window.page.locator(`.monaco-workbench.${themes[look].window}`).waitFor();
  if (await window.page.locator("iframe.webview.ready").first().isVisible())
    await window.webview.locator(`body.${themes[look].page}`).waitFor();
}
