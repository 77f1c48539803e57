import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { reportError } from "../feedback/reportError.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Throttle } from "../timeline/throttle.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { EntrySearch, type FoundEntries } from "./entrySearch.ts";

const pageSize = 100;
/** The least time in milliseconds between two searches for the same that changes of the timeline cause. */
const refreshMs = 250;
export const filteredContextKey = "forkpoint.timelineFiltered";

/** What the Timeline view and its panel show: the timeline, or what of it a person looks for. */
export class TimelineSearch implements vscode.Disposable {
  readonly #timeline: Timeline;
  readonly #search: EntrySearch;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];
  #query = "";
  #found: FoundEntries | undefined;
  #running = new AbortController();

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    timeline: Timeline,
    log: vscode.LogOutputChannel,
  ) {
    this.#timeline = timeline;
    this.#search = new EntrySearch(connection, session);
    this.#log = log;
    this.#throttle = new Throttle(refreshMs, () => this.#readAgain());
    let projectId: string | undefined;
    this.#disposables = [
      this.#changed,
      this.#throttle,
      timeline.onDidChange(() => (this.#query === "" ? this.#changed.fire() : this.#throttle.run())),
      session.onDidChange(() => {
        const now = session.project?.projectId;
        if (projectId !== undefined && now !== undefined && now !== projectId) void this.clear();
        projectId = now ?? projectId;
      }),
    ];
  }

  /** What is looked for, as it was typed; empty for nothing. */
  get query(): string {
    return this.#query;
  }

  /** The first page or more of what was found; undefined when nothing is looked for, or not yet answered. */
  get found(): FoundEntries | undefined {
    return this.#found;
  }

  /** Newest first. */
  get entries(): readonly Entry[] {
    return this.#query === "" ? this.#timeline.entries : (this.#found?.entries ?? []);
  }

  /** Whether there are older ones beyond those at hand. */
  get more(): boolean {
    return this.#query === "" ? this.#timeline.more : (this.#found?.more ?? false);
  }

  /** One page for a list of its own; what the views show stays. @throws ForkpointError as `EntrySearch.find` */
  look(query: string, limit: number, signal: AbortSignal): Promise<FoundEntries> {
    return this.#search.find(query, { limit }, signal);
  }

  /** Shows what a query finds, and everything for an empty one. @throws ForkpointError what the agent answers */
  async show(query: string): Promise<void> {
    const wanted = query.trim();
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const same = wanted === this.#query;
    this.#query = wanted;
    if (!same) this.#found = undefined;
    void vscode.commands.executeCommand("setContext", filteredContextKey, wanted !== "");
    if (wanted === "") {
      this.#changed.fire();
      return;
    }
    const limit = Math.max(pageSize, Math.min(1000, this.#found?.entries.length ?? 0));
    try {
      const found = await this.#search.find(wanted, { limit }, signal);
      if (signal.aborted) return;
      this.#found = found;
      this.#changed.fire();
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }

  clear(): Promise<void> {
    return this.show("");
  }

  /** Reads one page more. @throws ForkpointError what the agent answers */
  async loadMore(): Promise<void> {
    const [query, found] = [this.#query, this.#found];
    if (query === "") return this.#timeline.loadMore();
    const before = found?.entries.at(-1)?.snapshotId;
    if (!found || before === undefined) return;
    const { signal } = this.#running;
    const page = await this.#search.find(query, { limit: pageSize, before }, signal);
    if (signal.aborted || this.#found !== found) return;
    this.#found = { ...page, entries: [...found.entries, ...page.entries] };
    this.#changed.fire();
  }

  dispose(): void {
    this.#running.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #readAgain(): Promise<void> {
    if (this.#query === "") return;
    await this.show(this.#query).catch((thrown: unknown) => reportError(thrown, this.#log));
  }
}
