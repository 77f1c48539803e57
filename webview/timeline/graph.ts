import { drawing } from "../element.ts";
import type { GraphRow } from "./graphRows.ts";
import type { Lanes } from "./lanes.ts";

/** Pixels; the style sheet's --row has the same. */
export const rowHeight = 44;
const laneWidth = 18;
const margin = 14;
/** How many colours the style sheet has for lanes. */
const colours = 6;

/**
 * Draws the lines and dots beside the rows, as far as they lie between two of them.
 * @param lanes of all rows
 */
export function drawGraph(
  rows: readonly GraphRow[],
  { columns, edges, width }: Lanes,
  { first, last }: { readonly first: number; readonly last: number },
): SVGSVGElement {
  const x = (index: number) => margin + (columns[index] ?? 0) * laneWidth;
  const y = (index: number) => index * rowHeight + rowHeight / 2;
  const lane = (index: number) => `lane-${(columns[index] ?? 0) % colours}`;
  const drawn = edges.filter(({ from, to }) => from <= last && to >= first);
  const lines = drawn.map(({ from, to }) => {
    const kind = rows[from]?.kind === "now" ? " now" : rows[from]?.kind === "fork" ? " fork" : "";
    return drawing("path", { class: `line ${lane(from)}${kind}`, d: line(x(from), y(from), x(to), y(to)) });
  });
  const dots = rows
    .slice(first, last + 1)
    .map((row, at) => dot(row, x(first + at), y(first + at), lane(first + at)));
  const size = {
    width: String(margin * 2 + (width - 1) * laneWidth),
    height: String(rows.length * rowHeight),
  };
  return drawing("svg", { ...size, class: "graph", "aria-hidden": "true" }, ...lines, ...dots);
}

/** Straight down in the upper row's column, and over to the lower one's on the last stretch. */
function line(x1: number, y1: number, x2: number, y2: number): string {
  if (x1 === x2) return `M${x1} ${y1}V${y2}`;
  const bend = y2 - rowHeight * 0.9;
  return `M${x1} ${y1}V${bend}C${x1} ${y2 - rowHeight * 0.3} ${x2} ${y2 - rowHeight * 0.6} ${x2} ${y2}`;
}

function dot(row: GraphRow, x: number, y: number, lane: string): SVGElement {
  const at = { cx: String(x), cy: String(y) };
  if (row.kind === "now") return drawing("circle", { ...at, r: "5", class: `dot open ${lane}` });
  if (row.kind === "fork" || row.kind === "origin") {
    const place = { x: String(x - 5), y: String(y - 5), width: "10", height: "10", rx: "2" };
    return drawing("rect", { ...place, class: `dot ${lane}` });
  }
  const quiet = row.entry.cause === "timer" || row.entry.cause === "guard";
  const shape = drawing("circle", { ...at, r: quiet ? "4" : "6", class: `dot ${lane}` });
  if (!row.entry.head) return shape;
  return drawing("g", {}, drawing("circle", { ...at, r: "9", class: `ring ${lane}` }), shape);
}
