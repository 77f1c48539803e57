import "../language.ts";
import * as l10n from "@vscode/l10n";
import { TimelineRequest, TimelineState } from "../../extension/panels/timelineMessages.ts";
import { element } from "../element.ts";
import { Host } from "../host.ts";
import pageStyles from "../page.css";
import { useStyles } from "../styles.ts";
import { Board } from "./board.ts";
import { type Run, details } from "./details.ts";
import { type GraphRow, graphRows } from "./graphRows.ts";
import { RowList } from "./rowList.ts";
import { SearchBox } from "./searchBox.ts";
import timelineStyles from "./timeline.css";

const minuteMs = 60_000;

useStyles(pageStyles, timelineStyles);

const page = document.getElementById("page") ?? document.body;
let latest: TimelineState | null = null;
/** With how many entries at hand older ones were last asked for. */
let askedAt = -1;

const host = new Host(TimelineState, TimelineRequest, (state) => {
  latest = state;
  draw();
});
const run: Run = (command, target = {}) => host.post({ type: "run", command, ...target });

const title = element("h1", {}, l10n.t("Timeline"));
const toolbar = element(
  "div",
  { class: "toolbar" },
  element(
    "button",
    { attributes: { type: "button" }, onClick: () => run("forkpoint.takeSnapshot") },
    l10n.t("Take snapshot"),
  ),
  element(
    "button",
    { class: "quiet", attributes: { type: "button" }, onClick: () => run("forkpoint.undoRestore") },
    l10n.t("Undo last restore"),
  ),
  element(
    "button",
    { class: "quiet", attributes: { type: "button" }, onClick: () => run("forkpoint.showHealth") },
    l10n.t("Health"),
  ),
);
const pane = element("aside", { class: "details", attributes: { "aria-label": l10n.t("Details") } });
const list = new RowList(host.remembered(), select, open);
const more = element(
  "button",
  { class: "quiet more", attributes: { type: "button" }, onClick: () => host.post({ type: "more" }) },
  l10n.t("Load older snapshots"),
);
const nothing = element("p", { class: "nothing" }, l10n.t("No snapshot matches what you look for."));
const board = new Board(list, [nothing, more], loadMore);
const search = new SearchBox(
  (query) => host.post({ type: "search", query }),
  () => list.focus(),
);
const notice = element("div", { class: "notice", attributes: { role: "status" } });
const full = element("div", { class: "full" }, board.element, pane);
page.append(element("header", {}, title, toolbar), search.element, notice, full);

host.post({ type: "ready" });
setInterval(draw, minuteMs);

function draw(): void {
  if (!latest) return;
  const { slug, message, next } = latest;
  const empty = slug === null;
  full.hidden = empty;
  toolbar.hidden = empty;
  search.element.hidden = empty;
  notice.hidden = !empty;
  title.textContent = slug ?? l10n.t("Timeline");
  if (empty) {
    const buttons = next.map(({ command, title: words }) =>
      element("button", { attributes: { type: "button" }, onClick: () => run(command) }, words),
    );
    notice.replaceChildren(element("p", {}, message), ...buttons);
    return;
  }
  search.show(latest.search);
  const rows = graphRows(latest);
  board.show(rows, Date.now());
  nothing.hidden = latest.search?.matches !== 0;
  pane.hidden = rows.length === 0;
  more.hidden = !latest.more;
}

/** Once for what is at hand: who scrolls to the end wants what comes next. */
function loadMore(): void {
  if (!latest?.more || latest.entries.length === askedAt) return;
  askedAt = latest.entries.length;
  host.post({ type: "more" });
}

function select(row: GraphRow): void {
  host.remember(row.id);
  pane.replaceChildren(...details(row, run));
}

function open(row: GraphRow): void {
  if (row.kind === "entry") run("forkpoint.showEntryActions", { snapshotId: row.entry.snapshotId });
  else if (row.kind === "now") run("forkpoint.takeSnapshot");
  else run("forkpoint.openFork", { projectId: row.kind === "fork" ? row.fork.projectId : row.projectId });
}
