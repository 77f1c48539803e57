import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { reportError } from "../feedback/reportError.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { Throttle } from "./throttle.ts";

const pageSize = 100;
const largestPage = 1000;
/** The least time in milliseconds between two readings of the timeline. */
const refreshMs = 250;

/** The entries of this window's project, newest first, as far as they were asked for. */
export class Timeline implements vscode.Disposable {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #throttle: Throttle;
  readonly #disposables: readonly { dispose(): unknown }[];
  #projectId: string | undefined;
  #entries: readonly Entry[] = [];
  #more = false;
  #loaded = false;
  #refreshes = 0;

  constructor(connection: AgentConnection, session: ProjectSession, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#session = session;
    this.#log = log;
    this.#throttle = new Throttle(refreshMs, () => this.#readAgain());
    this.#disposables = [
      this.#changed,
      this.#throttle,
      session.onDidChange(() => this.#follow()),
      connection.onDidHear(({ name, body }) => {
        if (name === "changed/timeline" && body.projectId === this.#projectId) this.refresh();
      }),
    ];
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Whether older entries exist beyond those at hand. */
  get more(): boolean {
    return this.#more;
  }

  /** Whether the entries were read at least once; before, an empty list says nothing. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** How often they were read again because something had changed. */
  get refreshes(): number {
    return this.#refreshes;
  }

  find(snapshotId: string): Entry | undefined {
    return this.#entries.find((entry) => entry.snapshotId === snapshotId);
  }

  /** An entry that may be older than those at hand. @throws ForkpointError SNAPSHOT_NOT_FOUND when it is gone */
  async show(snapshotId: string): Promise<Entry> {
    const { project } = await this.#session.require();
    return this.#connection.call("snapshot/show", { project: project.projectId, snapshotId });
  }

  /** Reads again soon; many calls in a short time make one reading. */
  refresh(): void {
    this.#throttle.run();
  }

  /** The entries once they were read anew. @throws ForkpointError what the agent answers */
  async fresh(): Promise<readonly Entry[]> {
    const { project } = await this.#session.require();
    await this.#read(project.projectId, Math.max(pageSize, this.#entries.length));
    return this.#entries;
  }

  /** Reads one page more. @throws ForkpointError what the agent answers */
  async loadMore(): Promise<void> {
    const { project } = await this.#session.require();
    const last = this.#entries.at(-1);
    const page = await this.#connection.call("timeline/list", {
      project: project.projectId,
      limit: pageSize,
      ...(last && { before: last.snapshotId }),
    });
    this.#take([...this.#entries, ...page.entries], page.more);
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #follow(): void {
    const projectId = this.#session.project?.projectId;
    if (projectId !== this.#projectId) {
      this.#projectId = projectId;
      this.#loaded = false;
      this.#take([], false);
    }
    if (projectId) this.refresh();
  }

  async #readAgain(): Promise<void> {
    const projectId = this.#projectId;
    if (!projectId) return;
    this.#refreshes++;
    try {
      await this.#read(projectId, Math.max(pageSize, this.#entries.length));
    } catch (thrown) {
      if (this.#connection.state.kind === "connected") reportError(thrown, this.#log);
    }
  }

  async #read(projectId: string, amount: number): Promise<void> {
    const entries: Entry[] = [];
    let more = true;
    while (more && entries.length < amount) {
      const last = entries.at(-1);
      const page = await this.#connection.call("timeline/list", {
        project: projectId,
        limit: Math.min(largestPage, amount - entries.length),
        ...(last && { before: last.snapshotId }),
      });
      entries.push(...page.entries);
      more = page.more;
    }
    if (projectId !== this.#projectId) return;
    this.#loaded = true;
    this.#take(entries, more);
  }

  #take(entries: readonly Entry[], more: boolean): void {
    this.#entries = entries;
    this.#more = more;
    this.#changed.fire();
  }
}
