import { element } from "../element.ts";
import { drawGraph, rowHeight } from "./graph.ts";
import type { GraphRow } from "./graphRows.ts";
import { type Lanes, layOutLanes } from "./lanes.ts";
import type { Range, RowList } from "./rowList.ts";

/** Rows drawn above and below those in sight, so that scrolling shows no gaps. */
const margin = 10;

/** The part that scrolls: the graph and the rows beside it, of which only what is in sight is drawn. */
export class Board {
  readonly element: HTMLElement;
  readonly #list: RowList;
  readonly #gutter = element("div", { class: "gutter" });
  readonly #lines: HTMLElement;
  readonly #onEnd: () => void;
  #rows: readonly GraphRow[] = [];
  #lanes: Lanes = layOutLanes([]);
  #drawn: Range = { first: 0, last: -1 };

  /**
   * @param below what stands under the last row
   * @param onEnd called when the last row has come into sight
   */
  constructor(list: RowList, below: readonly Node[], onEnd: () => void) {
    this.#list = list;
    this.#onEnd = onEnd;
    this.#lines = element("div", { class: "lines" }, this.#gutter, list.element);
    this.element = element("div", { class: "board" }, this.#lines, ...below);
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#scrolled()).observe(this.element);
  }

  /** Draws rows anew. What was at the top of the sight stays there, whatever came above it. */
  show(rows: readonly GraphRow[], nowMs: number): void {
    const top = this.#inSight().first;
    const anchor = this.element.scrollTop > 0 ? this.#rows[top]?.id : undefined;
    const moved = anchor === undefined ? -1 : rows.findIndex(({ id }) => id === anchor);
    this.#rows = rows;
    this.#lanes = layOutLanes(rows);
    this.#lines.style.height = `${rows.length * rowHeight}px`;
    if (moved !== -1 && moved !== top) this.element.scrollTop += (moved - top) * rowHeight;
    this.#drawn = this.#around();
    this.#list.show(rows, this.#drawn, nowMs);
    this.#drawLines();
  }

  #scrolled(): void {
    const wanted = this.#around();
    if (wanted.last >= this.#rows.length - 1 && this.#rows.length > 0) this.#onEnd();
    if (wanted.first === this.#drawn.first && wanted.last === this.#drawn.last) return;
    this.#drawn = wanted;
    this.#list.move(wanted);
    this.#drawLines();
  }

  #drawLines(): void {
    this.#gutter.replaceChildren(drawGraph(this.#rows, this.#lanes, this.#drawn));
  }

  /** What is to be drawn; whole steps, so that a small move draws nothing new. */
  #around(): Range {
    const { first, last } = this.#inSight();
    const step = (index: number) => Math.floor(index / margin) * margin;
    return { first: Math.max(0, step(first) - margin), last: step(last) + 2 * margin };
  }

  #inSight(): Range {
    const { scrollTop, clientHeight } = this.element;
    const above = Math.max(0, scrollTop - this.#lines.offsetTop);
    return {
      first: Math.floor(above / rowHeight),
      last: Math.floor((above + clientHeight) / rowHeight),
    };
  }
}
