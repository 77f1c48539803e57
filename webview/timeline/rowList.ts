import { element } from "../element.ts";
import type { GraphRow } from "./graphRows.ts";
import { rowElement } from "./rowElement.ts";

const pageRows = 10;

/**
 * The rows as a list box: one tab stop, arrows move, Enter opens. A row that did not change keeps its
 * element, so that neither the focus nor a screen reader loses its place.
 */
export class RowList {
  readonly element: HTMLUListElement;
  readonly #onSelect: (row: GraphRow) => void;
  readonly #onOpen: (row: GraphRow) => void;
  #rows: readonly GraphRow[] = [];
  readonly #made = new Map<string, { key: string; element: HTMLLIElement }>();
  #selected: string | null;

  /** @param selected the id of the row to select first, as far as it is there */
  constructor(selected: string | null, onSelect: (row: GraphRow) => void, onOpen: (row: GraphRow) => void) {
    this.#selected = selected;
    this.#onSelect = onSelect;
    this.#onOpen = onOpen;
    this.element = element("ul", {
      class: "rows",
      attributes: { role: "listbox", "aria-label": "Timeline, newest first" },
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("click", ({ target }) => this.#pointed(target, false));
    this.element.addEventListener("contextmenu", ({ target }) => this.#pointed(target, false));
    this.element.addEventListener("dblclick", ({ target }) => this.#pointed(target, true));
  }

  show(rows: readonly GraphRow[], nowMs: number): void {
    const focused = this.element.contains(document.activeElement);
    this.#rows = rows;
    const kept = new Set(rows.map(({ id }) => id));
    for (const [id, { element: old }] of this.#made) {
      if (kept.has(id)) continue;
      old.remove();
      this.#made.delete(id);
    }
    for (const [index, row] of rows.entries()) {
      const wanted = this.#elementOf(row, nowMs);
      if (this.element.children[index] !== wanted)
        this.element.insertBefore(wanted, this.element.children[index] ?? null);
    }
    const at = Math.max(0, this.#index());
    this.#select(at, focused);
  }

  #elementOf(row: GraphRow, nowMs: number): HTMLLIElement {
    const fresh = rowElement(row, nowMs);
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
    if (!row) return;
    this.#selected = row.id;
    for (const [id, { element: made }] of this.#made) {
      const on = id === row.id;
      made.setAttribute("aria-selected", String(on));
      made.tabIndex = on ? 0 : -1;
      if (on && focus) made.focus();
    }
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
    const index = made ? [...this.element.children].indexOf(made) : -1;
    const row = this.#rows[index];
    if (!row) return;
    this.#select(index, true);
    if (open) this.#onOpen(row);
  }
}
