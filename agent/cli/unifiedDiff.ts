import { lineDiff } from "./lineDiff.ts";

const contextLines = 3;

export interface TextDiff {
  readonly added: number;
  readonly removed: number;
  /** The hunks as `diff -u` writes them, without the names; empty when the texts are equal. */
  readonly lines: readonly string[];
}

/** How two texts differ, line by line. A last line without an end differs from one with it. */
export function unifiedDiff(older: string, newer: string): TextDiff {
  const marked: { sign: " " | "-" | "+"; line: string }[] = [];
  for (const { kind, lines } of lineDiff(linesOf(older), linesOf(newer))) {
    const sign = kind === "same" ? " " : kind === "removed" ? "-" : "+";
    for (const line of lines) marked.push({ sign, line });
  }
  const isShown = shownLines(marked.map(({ sign }) => sign !== " "));
  const lines: string[] = [];
  let older1 = 1;
  let newer1 = 1;
  for (let at = 0; at < marked.length;) {
    if (!isShown[at]) {
      older1++;
      newer1++;
      at++;
      continue;
    }
    let end = at;
    while (end < marked.length && isShown[end]) end++;
    const hunk = marked.slice(at, end);
    const oldCount = hunk.filter(({ sign }) => sign !== "+").length;
    const newCount = hunk.filter(({ sign }) => sign !== "-").length;
    lines.push(`@@ -${range(older1, oldCount)} +${range(newer1, newCount)} @@`);
    for (const { sign, line } of hunk) {
      lines.push(`${sign}${line.replace(/\n$/, "")}`);
      if (!line.endsWith("\n")) lines.push("\\ No newline at end of file");
    }
    older1 += oldCount;
    newer1 += newCount;
    at = end;
  }
  const count = (wanted: string) => marked.filter(({ sign }) => sign === wanted).length;
  return { added: count("+"), removed: count("-"), lines };
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function shownLines(differs: readonly boolean[]): boolean[] {
  const shown = differs.map(() => false);
  for (const [at, isDifferent] of differs.entries()) {
    if (!isDifferent) continue;
    const end = Math.min(differs.length, at + contextLines + 1);
    for (let near = Math.max(0, at - contextLines); near < end; near++) shown[near] = true;
  }
  return shown;
}

/** An empty side is named by the line before it. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? `${start}` : `${start},${count}`;
}
