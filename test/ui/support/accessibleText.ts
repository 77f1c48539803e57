import type { Locator } from "playwright-core";

/** What differs from run to run and machine to machine, in the order in which it is looked for. Texts are glued together where no space is between them. */
const changing: readonly (readonly [RegExp, string])[] = [
  // The icons of VS Code, which are letters of a font of its own.
  [/[\uE000-\uF8FF]/g, ""],
  [/(just now|\d+ (s|sec|min|h) ago)\b/g, "TIME"],
  [/\b[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}\s[AP]M\b/g, "DATE"],
  [/\d+(\.\d+)? (B|kB|KB|MB|GB|KiB|MiB|GiB)\b/g, "SIZE"],
];

/**
 * The roles, names and states that a screen reader finds in a part of the window, with what changes from run to run
 * masked.
 * @param own more to mask, before the rest
 */
export async function accessibleText(
  part: Locator,
  own: readonly (readonly [RegExp, string])[] = [],
): Promise<string> {
  const text = await part.ariaSnapshot();
  return `${[...own, ...changing].reduce((masked, [what, word]) => masked.replace(what, word), text)}\n`;
}
