import type { Workbench } from "./workbench.ts";

/**
 * What WCAG 2 asks: of texts, which our pages hold to, and of large ones and drawings. The trees are drawn by the editor
 * in colours of the theme, which themselves are below the former here and there.
 */
const leastContrast = { page: 4.5, tree: 3, drawn: 3 } as const;

/**
 * Runs in a page: the texts in sight below `roots` that stand out too little from what lies behind them. Colours are
 * laid over each other on a canvas, which knows all their notations.
 */
const findFaint = `(({ roots, least, leastDrawn }) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixel = () => [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  const paint = (colour, opacity = 1) => {
    canvas.globalAlpha = opacity;
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((each) => each / 255).map((each) => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const above = [];
    for (let at = element; at; at = at.parentElement) above.unshift(getComputedStyle(at));
    paint("white");
    for (const { backgroundColor } of above) paint(backgroundColor);
    const behind = luminance(pixel());
    paint(getComputedStyle(element).color, above.reduce((product, { opacity }) => product * Number(opacity), 1));
    const text = luminance(pixel());
    return (Math.max(behind, text) + 0.05) / (Math.min(behind, text) + 0.05);
  };
  const faint = [];
  for (const root of document.querySelectorAll(roots)) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      const text = texts.currentNode.data.trim();
      if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const found = contrast(element);
      if (found < (element.closest("[role=img]") ? leastDrawn : least)) faint.push(text + " (" + found.toFixed(1) + ")");
    }
  }
  return faint;
})`;

/** The texts of our views and of the webview in front that the eye would lose in the present colours, with their contrast. */
export async function faintTexts(window: Workbench): Promise<string[]> {
  const found: string[] = [];
  for (const frame of window.page.frames()) {
    const looked =
      frame === window.page.mainFrame()
        ? { roots: ".pane, .monaco-dialog-box, .quick-input-widget", least: leastContrast.tree }
        : { roots: "#page", least: leastContrast.page };
    found.push(
      ...(await frame.evaluate<string[]>(
        `${findFaint}(${JSON.stringify({ ...looked, leastDrawn: leastContrast.drawn })})`,
      )),
    );
  }
  return found;
}
