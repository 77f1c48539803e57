/** Applies style sheets to the page. They come with the script, so that the page may load nothing else. */
export function useStyles(...sheets: readonly string[]): void {
  document.adoptedStyleSheets = sheets.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}
