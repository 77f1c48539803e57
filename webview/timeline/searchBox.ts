import * as l10n from "@vscode/l10n";
import { causes } from "../../agent/protocol/entry.ts";
import type { TimelineState } from "../../extension/panels/timelineMessages.ts";
import { searchHint, searchQuery, withoutTerm } from "../../extension/search/searchQuery.ts";
import { causeSentences } from "../../extension/wording/causes.ts";
import { plural } from "../../extension/wording/counts.ts";
import { element } from "../element.ts";

/** How long nothing must have been typed before it is looked for. Milliseconds. */
const typingMs = 200;

/** Where one types what is looked for: a box, a list of causes, and a chip for each thing that is no word. */
export class SearchBox {
  readonly element: HTMLElement;
  readonly #onSearch: (query: string) => void;
  readonly #onLeave: () => void;
  readonly #input: HTMLInputElement;
  readonly #causes: HTMLSelectElement;
  readonly #chips = element("div", { class: "chips" });
  readonly #status = element("span", { class: "status", attributes: { role: "status" } });
  readonly #clear: HTMLButtonElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onLeave called when a person goes on to what was found */
  constructor(onSearch: (query: string) => void, onLeave: () => void) {
    this.#onSearch = onSearch;
    this.#onLeave = onLeave;
    this.#input = element("input", {
      attributes: {
        type: "text",
        "aria-label": l10n.t("Search the timeline"),
        placeholder: searchHint,
        title: searchHint,
      },
    });
    this.#causes = element(
      "select",
      { attributes: { "aria-label": l10n.t("Made by") } },
      element("option", { attributes: { value: "" } }, l10n.t("Made by…")),
      ...causes.map((cause) => element("option", { attributes: { value: cause } }, causeSentences[cause])),
    );
    this.#clear = element(
      "button",
      { class: "quiet", attributes: { type: "button" }, onClick: () => this.#say("") },
      l10n.t("Clear search"),
    );
    this.element = element(
      "div",
      { class: "search", attributes: { role: "search" } },
      this.#input,
      this.#causes,
      this.#chips,
      this.#status,
      this.#clear,
    );
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#say(this.#input.value), typingMs);
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#causes.addEventListener("change", () => {
      if (this.#causes.value) this.#say(`${this.#input.value} cause:${this.#causes.value}`.trim());
      this.#causes.value = "";
    });
    document.addEventListener("keydown", (event) => {
      const wanted =
        event.key === "/" || (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey));
      if (!wanted || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      this.#input.focus();
      this.#input.select();
    });
  }

  /** Says what was found; what a person is typing stays. */
  show(search: TimelineState["search"]): void {
    const query = search?.query ?? "";
    if (document.activeElement !== this.#input) this.#input.value = query;
    this.#drawChips(query);
    this.#clear.hidden = search === null;
    const found =
      search?.matches === 0
        ? l10n.t("No snapshot matches.")
        : search?.matches
          ? plural(search.matches, "{count} snapshot", "{count} snapshots")
          : "";
    this.#status.textContent =
      search === null ? "" : [found, search.problem ?? ""].filter(Boolean).join(" · ");
  }

  #drawChips(query: string): void {
    const chips = searchQuery(query, Date.now())
      .terms.filter(({ kind }) => kind !== "text")
      .map((term) =>
        element(
          "button",
          {
            class: "chip",
            attributes: {
              type: "button",
              "aria-label": l10n.t("Remove {term}", { term: `${term.kind}: ${term.value}` }),
            },
            onClick: () => this.#say(withoutTerm(query, term)),
          },
          `${term.kind}: ${term.value} ✕`,
        ),
      );
    this.#chips.replaceChildren(...chips);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.#input.value !== "") this.#say("");
    else if (event.key === "Enter") this.#say(this.#input.value);
    else if (event.key === "ArrowDown" || event.key === "Escape") this.#onLeave();
    else return;
    event.preventDefault();
  }

  #say(query: string): void {
    clearTimeout(this.#timer);
    if (this.#input.value !== query) this.#input.value = query;
    this.#onSearch(query);
  }
}
