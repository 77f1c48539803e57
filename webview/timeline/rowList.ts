import * as l10n from "@vscode/l10n";
import { element } from "../element.ts";
import { rowHeight } from "./graph.ts";
import type { GraphRow } from "./graphRows.ts";
import { rowElement } from "./rowElement.ts";

const pageRows = 10;

/** Rows by their index, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The rows as a list box: one tab stop, arrows move, Enter opens. Only those in sight are drawn, and the selected one, so that
 * ten thousand cost no more than fifty. A row that did not change keeps its element, so that neither the focus
 * nor a screen reader loses its place.
 */
export class RowList {
  readonly element: HTMLUListElement;
  readonly #onSelect: (row: GraphRow) => void;
  readonly #onOpen: (row: GraphRow) => void;
  #rows: readonly GraphRow[] = [];
  #range: Range = { first: 0, last: -1 };
  #nowMs = 0;
  readonly #made = new Map<string, { key: string; element: HTMLLIElement }>();
  #selected: string | null;

  /** @param selected the id of the row to select first, as far as it is there */
  constructor(selected: string | null, onSelect: (row: GraphRow) => void, onOpen: (row: GraphRow) => void) {
    this.#selected = selected;
    this.#onSelect = onSelect;
    this.#onOpen = onOpen;
    this.element = element("ul", {
      class: "rows",
      attributes: { role: "listbox", "aria-label": l10n.t("Timeline, newest first") },
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", ({ target }) => this.#pointed(target, false));
    this.element.addEventListener("contextmenu", ({ target }) => this.#pointed(target, false));
    this.element.addEventListener("dblclick", ({ target }) => this.#pointed(target, true));
  }

  show(rows: readonly GraphRow[], range: Range, nowMs: number): void {
    this.#rows = rows;
    this.#nowMs = nowMs;
    this.element.style.height = `${rows.length * rowHeight}px`;
    this.#range = range;
    const focused = this.element.contains(document.activeElement);
    this.#select(Math.max(0, this.#index()), focused);
  }

  /** Draws other rows, because others came into sight. */
  move(range: Range): void {
    this.#range = range;
    this.#draw();
  }

  /** Puts the focus on the selected row. */
  focus(): void {
    if (this.#selected !== null) this.#made.get(this.#selected)?.element.focus();
  }

  #draw(): void {
    const selected = this.#index();
    const { first, last } = this.#range;
    const wanted: number[] = [];
    for (let index = Math.max(0, first); index <= Math.min(last, this.#rows.length - 1); index++)
      wanted.push(index);
    if (selected !== -1 && selected < first) wanted.unshift(selected);
    if (selected > last) wanted.push(selected);
    const kept = new Set(wanted.map((index) => this.#rows[index]?.id));
    for (const [id, { element: old }] of this.#made) {
      if (kept.has(id)) continue;
      old.remove();
      this.#made.delete(id);
    }
    for (const [place, index] of wanted.entries()) {
      const row = this.#rows[index];
      if (!row) continue;
      const made = this.#elementOf(row);
      made.style.top = `${index * rowHeight}px`;
      made.setAttribute("aria-posinset", String(index + 1));
      made.setAttribute("aria-setsize", String(this.#rows.length));
      made.setAttribute("aria-selected", String(index === selected));
      made.tabIndex = index === selected ? 0 : -1;
      if (this.element.children[place] !== made)
        this.element.insertBefore(made, this.element.children[place] ?? null);
    }
  }

  #elementOf(row: GraphRow): HTMLLIElement {
    const fresh = rowElement(row, this.#nowMs);
    const key = fresh.outerHTML;
    const old = this.#made.get(row.id);
    if (old?.key === key) return old.element;
    if (old) old.element.replaceWith(fresh);
    this.#made.set(row.id, { key, element: fresh });
    return fresh;
  }

  #index(): number {
    return this.#rows.findIndex(({ id }) => id === this.#selected);
  }

  #select(index: number, focus: boolean): void {
    const row = this.#rows[index];
    if (row) this.#selected = row.id;
    this.#draw();
    if (!row) return;
    if (focus) this.#made.get(row.id)?.element.focus();
    this.#onSelect(row);
  }

  #key(event: KeyboardEvent): void {
    const at = this.#index();
    const last = this.#rows.length - 1;
    const goes: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: last,
      PageDown: at + pageRows,
      PageUp: at - pageRows,
    };
    const to = goes[event.key];
    const row = this.#rows[at];
    if (to !== undefined) this.#select(Math.max(0, Math.min(last, to)), true);
    else if (event.key === "Enter" && row) this.#onOpen(row);
    else return;
    event.preventDefault();
  }

  #pointed(target: EventTarget | null, open: boolean): void {
    const made = target instanceof Element ? target.closest("li") : null;
    const id = [...this.#made].find(([, { element: each }]) => each === made)?.[0];
    const index = id === undefined ? -1 : this.#rows.findIndex((row) => row.id === id);
    const row = this.#rows[index];
    if (!row) return;
    this.#select(index, true);
    if (open) this.#onOpen(row);
  }
}
