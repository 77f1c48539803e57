import { stripVTControlCharacters } from "node:util";

/** Rows with aligned columns, two spaces apart, without trailing blanks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => width(line[column] ?? ""))));
  return lines.map((line) => alignedLine(line, widths)).join("\n");
}

/** One row, its cells filled up to `widths`, two spaces apart, without trailing blanks. */
export function alignedLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
    .join("  ")
    .trimEnd();
}

/** Names and values below one another; a null value leaves the line out. */
export function facts(rows: readonly (readonly [string, string | null])[]): string {
  const shown = rows.filter((row): row is [string, string] => row[1] !== null);
  const longest = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${`${name}:`.padEnd(longest + 1)}  ${value}`).join("\n");
}

const characters = new Intl.Segmenter();

function width(text: string): number {
  return Array.from(characters.segment(stripVTControlCharacters(text))).length;
}
