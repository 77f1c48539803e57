import * as vscode from "vscode";
import { ForkpointError, errorBody } from "../../agent/protocol/errors.ts";
import type { PathVersion } from "../../agent/protocol/pathHistory.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Throttle } from "../timeline/throttle.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { activeUri, pathOf } from "./activePath.ts";

const pageSize = 100;
/** The least time in milliseconds between two readings. */
const refreshMs = 250;
const pathKey = "forkpoint.fileHistoryPath";
const pinnedKey = "forkpoint.fileHistoryPinned";

/**
 * The versions of one path: that of the editor in front, or one that a person keeps. Read while somebody looks, and
 * again when the timeline or the file changes.
 */
export class FileHistory implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];
  #path: string | null = null;
  #pinned = false;
  #watched = false;
  #versions: readonly PathVersion[] = [];
  #next: string | null = null;
  #problem: string | null = null;
  #loaded = false;
  #reading: AbortController | undefined;

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    timeline: Timeline,
    log: vscode.LogOutputChannel,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#throttle = new Throttle(refreshMs, () => this.#readAgain());
    this.#disposables = [
      this.#changed,
      this.#throttle,
      session.onDidChange(() => this.#follow()),
      timeline.onDidChange(() => this.refresh()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#follow()),
      vscode.window.tabGroups.onDidChangeTabs(() => this.#follow()),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (this.#pathOf(uri) === this.#path) this.refresh();
      }),
    ];
  }

  /** Written as in `Change.path`; null before there was one. */
  get path(): string | null {
    return this.#path;
  }
  /** Newest first, as far as they were asked for. */
  get versions(): readonly PathVersion[] {
    return this.#versions;
  }
  get more(): boolean {
    return this.#next !== null;
  }
  /** Whether it keeps to its path whatever editor is in front. */
  get pinned(): boolean {
    return this.#pinned;
  }
  /** Whether the versions are those of the path; before, an empty list says nothing. */
  get loaded(): boolean {
    return this.#loaded;
  }
  /** Why there are none, as a sentence; null when nothing is wrong. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Whether somebody looks; nothing is read for nobody. */
  set watched(watched: boolean) {
    this.#watched = watched;
    if (watched) this.#follow();
    if (watched) this.refresh();
  }

  /** Keeps to this path until somebody has it follow the editors again. */
  async show(path: string): Promise<void> {
    await this.setPinned(true);
    this.#take(path);
    await this.#read();
  }

  async setPinned(pinned: boolean): Promise<void> {
    this.#pinned = pinned;
    await vscode.commands.executeCommand("setContext", pinnedKey, pinned);
    this.#changed.fire();
    if (!pinned) this.#follow();
  }

  /** Reads again soon; many calls in a short time make one reading. */
  refresh(): void {
    if (this.#watched && this.#path !== null) this.#throttle.run();
  }

  /** Reads one page more. @throws ForkpointError what the agent answers */
  async loadMore(): Promise<void> {
    const [path, next] = [this.#path, this.#next];
    if (path === null || next === null) return;
    const { project } = await this.#session.require();
    const params = { project: project.projectId, path, limit: pageSize, from: next };
    const page = await this.#connection.call("timeline/history", params);
    if (path !== this.#path || next !== this.#next) return;
    this.#versions = [...this.#versions, ...page.versions];
    this.#next = page.next;
    this.#changed.fire();
  }

  dispose(): void {
    this.#reading?.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #pathOf(uri: vscode.Uri | undefined): string | null {
    const { location, project } = this.#session;
    return uri && location && project ? pathOf(uri, location, project.projectId) : null;
  }

  #follow(): void {
    if (!this.#session.project) {
      this.#take(null);
      return;
    }
    if (this.#pinned) return;
    // An editor of something else, such as a terminal's output, leaves the view as it is.
    const path = this.#pathOf(activeUri());
    if (path === null || path === this.#path) return;
    this.#take(path);
    this.refresh();
  }

  #take(path: string | null): void {
    if (path === this.#path) return;
    this.#reading?.abort();
    this.#path = path;
    this.#versions = [];
    this.#next = null;
    this.#problem = null;
    this.#loaded = false;
    void vscode.commands.executeCommand("setContext", pathKey, path !== null);
    this.#changed.fire();
  }

  async #readAgain(): Promise<void> {
    if (!this.#watched) return;
    await this.#read().catch((thrown: unknown) => {
      this.#log.warn(`The history of ${this.#path ?? ""} could not be read: ${errorBody(thrown).message}`);
    });
  }

  async #read(): Promise<void> {
    const path = this.#path;
    const { project } = this.#session;
    if (path === null || !project) return;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const limit = Math.min(1000, Math.max(pageSize, this.#versions.length));
    const params = { project: project.projectId, path, limit };
    try {
      const page = await vscode.window.withProgress({ location: { viewId: "forkpoint.fileHistory" } }, () =>
        this.#connection.call("timeline/history", params, { signal: reading.signal }),
      );
      if (reading.signal.aborted) return;
      this.#versions = page.versions;
      this.#next = page.next;
      this.#problem = null;
    } catch (thrown) {
      if (reading.signal.aborted) return;
      this.#versions = [];
      this.#next = null;
      this.#problem = errorBody(thrown).message;
      if (!(thrown instanceof ForkpointError)) throw thrown;
    } finally {
      if (!reading.signal.aborted) {
        this.#loaded = true;
        this.#changed.fire();
      }
    }
  }
}
