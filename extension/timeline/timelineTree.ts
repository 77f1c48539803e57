import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Room } from "../../agent/protocol/retention.ts";
import { causeIcons, shortTitle } from "../wording/causes.ts";
import { plural } from "../wording/counts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { entryBadgeUri } from "./entryBadges.ts";
import { entryContext, entryDescription, entrySpoken, entryTooltip } from "./entryText.ts";
import type { TimelineSearch } from "../search/timelineSearch.ts";
import type { Timeline } from "./timeline.ts";
import {
  type EntryRow,
  type GroupRow,
  type TimelineRow,
  entryRows,
  foundRows,
  timelineRows,
  updateRows,
} from "./timelineRows.ts";

const minuteMs = 60_000;

/** The Timeline view. Draws again only what changed, so that it never flickers or loses its selection. */
export class TimelineTree implements vscode.TreeDataProvider<TimelineRow>, vscode.Disposable {
  readonly #timeline: Timeline;
  readonly #roomOf: (entry: Entry) => Promise<Room | null>;
  readonly #search: TimelineSearch;
  readonly #changed = new vscode.EventEmitter<TimelineRow | TimelineRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  readonly #clock: NodeJS.Timeout;
  #rows: readonly TimelineRow[] = [];
  /** The newest entry on which tests passed. */
  #lastGreen: string | undefined;

  /** @param search what of the timeline is wanted @param roomOf what deleting an entry alone frees, where that is known */
  constructor(timeline: Timeline, search: TimelineSearch, roomOf: (entry: Entry) => Promise<Room | null>) {
    this.#timeline = timeline;
    this.#search = search;
    this.#roomOf = roomOf;
    this.#disposables = [this.#changed, search.onDidChange(() => this.#update())];
    this.#clock = setInterval(() => this.#tick(), minuteMs);
  }

  getChildren(parent?: TimelineRow): TimelineRow[] {
    if (!parent) return [...this.#rows];
    if (parent.kind === "group") return [...parent.rows];
    return parent.kind === "entry" && parent.before ? [parent.before] : [];
  }

  getParent(row: TimelineRow): TimelineRow | undefined {
    const isParent = (candidate: TimelineRow) => this.getChildren(candidate).some(({ id }) => id === row.id);
    const pairs = this.#rows.flatMap((candidate) => (candidate.kind === "group" ? candidate.rows : []));
    return this.#rows.find(isParent) ?? pairs.find(isParent);
  }

  getTreeItem(row: TimelineRow): vscode.TreeItem {
    if (row.kind === "entry") return entryItem(row, this.#lastGreen);
    if (row.kind === "group") return groupItem(row);
    const item = new vscode.TreeItem(l10n.t("Load more"));
    item.id = row.id;
    item.iconPath = new vscode.ThemeIcon("ellipsis");
    item.command = { command: "forkpoint.loadMore", title: "Load more" };
    return item;
  }

  /** The hover text, which is made once somebody hovers. */
  async resolveTreeItem(item: vscode.TreeItem, row: TimelineRow): Promise<vscode.TreeItem> {
    if (row.kind === "entry")
      item.tooltip = new vscode.MarkdownString(entryTooltip(row.entry, await this.#roomOf(row.entry)));
    return item;
  }

  /** The row of an entry, to reveal it; undefined when it is not among those at hand. */
  row(snapshotId: string): TimelineRow | undefined {
    return entryRows(this.#rows).find(({ id }) => id === snapshotId);
  }

  dispose(): void {
    clearInterval(this.#clock);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #update(): void {
    const { entries, more, query } = this.#search;
    const fresh = query === "" ? timelineRows(entries, more) : foundRows(entries, more);
    const green = this.#timeline.entries.find(({ tests }) => tests === "passed")?.snapshotId;
    const changed = green === this.#lastGreen ? updateRows(this.#rows, fresh) : "all";
    this.#lastGreen = green;
    if (changed === "all") {
      this.#rows = fresh;
      this.#changed.fire(undefined);
    } else if (changed.length > 0) this.#changed.fire(changed);
  }

  /** "5 min ago" grows old by itself. */
  #tick(): void {
    if (this.#rows.length > 0) this.#changed.fire([...this.#rows]);
  }
}

function entryItem({ entry, before }: EntryRow, lastGreen: string | undefined): vscode.TreeItem {
  const now = Date.now();
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(shortTitle(entry), before ? Collapsed : None);
  const isGreen = lastGreen !== undefined && (entry.snapshotId === lastGreen || before?.id === lastGreen);
  item.id = entry.snapshotId;
  item.description = [...(isGreen ? [l10n.t("last green")] : []), entryDescription(entry, now)].join(" · ");
  item.iconPath = new vscode.ThemeIcon(
    entry.pinned ? "pinned" : causeIcons[entry.cause],
    isGreen
      ? new vscode.ThemeColor("testing.iconPassed")
      : entry.head
        ? new vscode.ThemeColor("charts.blue")
        : undefined,
  );
  item.contextValue = entryContext(entry);
  item.resourceUri = entryBadgeUri(entry);
  const spoken = `${entrySpoken(entry, now)}${isGreen ? ", last green" : ""}`;
  item.accessibilityInformation = { label: spoken, role: "treeitem" };
  item.command = {
    command: "forkpoint.showEntryChanges",
    title: "Show what it changed",
    arguments: [{ snapshotId: entry.snapshotId }],
  };
  return item;
}

function groupItem({ id, rows }: GroupRow): vscode.TreeItem {
  const title = plural(rows.length, "{count} automatic snapshot", "{count} automatic snapshots");
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = id;
  const [newest, oldest] = [rows[0], rows.at(-1)];
  if (newest && oldest) {
    item.description = l10n.t("{from} to {to}", {
      from: relativeTime(oldest.entry.createdAt, Date.now()),
      to: relativeTime(newest.entry.createdAt, Date.now()),
    });
  }
  item.iconPath = new vscode.ThemeIcon("watch");
  item.contextValue = "group";
  const spoken = item.description ? `${title}, ${item.description}` : title;
  item.accessibilityInformation = { label: spoken, role: "treeitem" };
  return item;
}
