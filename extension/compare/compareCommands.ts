import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { longOperation } from "../feedback/longOperation.ts";
import { NextStep } from "../feedback/nextStep.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { chooseEntry, namedEntry } from "../timeline/chooseEntry.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { entryTitle } from "../wording/causes.ts";
import { summaryTotal } from "../wording/changes.ts";
import type { ChangesTree } from "./changesTree.ts";
import { type Comparison, comparisonTitle, type EntryComparison } from "./comparison.ts";

/** Of a comparison in the Changes view. */
const mostChanges = 50_000;
const wish = { limit: mostChanges, packages: true };
const selectedKey = "forkpoint.compareSelected";

/** Finds out what differs between two moments and shows it. */
export class CompareCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #tree: ChangesTree;
  #selected: string | undefined;
  #looking: AbortController | undefined;

  constructor(connection: AgentConnection, session: ProjectSession, timeline: Timeline, tree: ChangesTree) {
    this.#connection = connection;
    this.#session = session;
    this.#timeline = timeline;
    this.#tree = tree;
  }

  async withNow(argument: unknown): Promise<Comparison> {
    await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Compare which snapshot with now?"));
    return this.#show(entry, null);
  }

  async withPrevious(argument: unknown): Promise<Comparison> {
    await this.#session.require();
    const entry = await chooseEntry(
      this.#timeline,
      argument,
      l10n.t("Compare which snapshot with the one before it?"),
      ({ parentId }) => parentId !== null,
    );
    if (entry.parentId === null) {
      throw new NextStep(
        l10n.t("“{entry}” is the first snapshot; there is none before it.", { entry: entryTitle(entry) }),
      );
    }
    return this.#show(await namedEntry(this.#timeline, entry.parentId), entry);
  }

  /** Two entries, by their ids, the older one first. */
  async between(fromId: string, toId: string): Promise<Comparison> {
    return this.#show(await namedEntry(this.#timeline, fromId), await namedEntry(this.#timeline, toId));
  }

  /**
   * Fills the Changes view with what an entry changed, as a click on its row asks: quietly, without taking
   * the focus, and only for the row that was clicked last. Null where there is nothing before the entry.
   */
  async showChanges(argument: unknown): Promise<Comparison | null> {
    const { project } = await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Show the changes of which snapshot?"));
    this.#looking?.abort();
    if (entry.parentId === null) {
      await this.#tree.close();
      return null;
    }
    const looking = new AbortController();
    this.#looking = looking;
    const from = await namedEntry(this.#timeline, entry.parentId);
    const params = { project: project.projectId, from: from.snapshotId, to: entry.snapshotId, ...wish };
    const result = await vscode.window.withProgress({ location: { viewId: "forkpoint.timeline" } }, () =>
      this.#connection
        .call("timeline/diff", params, { signal: looking.signal })
        .catch(unlessAborted(looking)),
    );
    if (!result || looking.signal.aborted) return null;
    const comparison = { projectId: project.projectId, from, to: entry, ...result };
    await this.#tree.show(comparison, { focus: false });
    return comparison;
  }

  async select(argument: unknown): Promise<void> {
    await this.#session.require();
    const entry = await chooseEntry(this.#timeline, argument, l10n.t("Select for compare"));
    this.#selected = entry.snapshotId;
    await vscode.commands.executeCommand("setContext", selectedKey, true);
    vscode.window.setStatusBarMessage(
      `$(check) ${l10n.t("Selected “{entry}” for compare", { entry: entryTitle(entry) })}`,
      4000,
    );
  }

  async withSelected(argument: unknown): Promise<Comparison> {
    await this.#session.require();
    if (this.#selected === undefined) {
      throw new NextStep(l10n.t("Select a snapshot for compare first."), "forkpoint.selectForCompare");
    }
    const first = await namedEntry(this.#timeline, this.#selected);
    const second = await chooseEntry(
      this.#timeline,
      argument,
      l10n.t("Compare “{first}” with…", { first: entryTitle(first) }),
      ({ snapshotId }) => snapshotId !== first.snapshotId,
    );
    return this.#showInOrder(first, second);
  }

  async two(): Promise<Comparison> {
    await this.#session.require();
    const first = await chooseEntry(this.#timeline, undefined, l10n.t("Compare two snapshots (1 of 2)"));
    const second = await chooseEntry(
      this.#timeline,
      undefined,
      l10n.t("Compare “{first}” with… (2 of 2)", { first: entryTitle(first) }),
      ({ snapshotId }) => snapshotId !== first.snapshotId,
    );
    return this.#showInOrder(first, second);
  }

  /** Compares without showing. @param to null for now */
  async compare(projectId: string, from: Entry, to: Entry | null): Promise<EntryComparison> {
    const result = await longOperation(
      l10n.t("Comparing {what}", { what: comparisonTitle({ from, to }) }),
      (call) =>
        this.#connection.call(
          "timeline/diff",
          { project: projectId, from: from.snapshotId, ...(to && { to: to.snapshotId }), ...wish },
          call,
        ),
    );
    return { projectId, from, to, ...result };
  }

  /** Shows what differs at or below a path. @param to null for now */
  async below(path: string, from: Entry, to: Entry | null): Promise<Comparison> {
    const { project } = await this.#session.require();
    const { projectId } = project;
    const params = {
      project: projectId,
      from: from.snapshotId,
      ...(to && { to: to.snapshotId }),
      paths: [path],
      ...wish,
    };
    const result = await longOperation(l10n.t("Comparing {path}", { path }), (call) =>
      this.#connection.call("timeline/diff", params, call),
    );
    const comparison = { projectId, from, to, ...result };
    await this.#tree.show(comparison, { focus: true });
    return comparison;
  }

  /** Shows what differs from another project as it stands to this one as it stands. */
  async withProject(other: Project): Promise<Comparison> {
    const { project } = await this.#session.require();
    const from = { project: other };
    const result = await longOperation(
      l10n.t("Comparing {what}", { what: comparisonTitle({ from, to: null }) }),
      (call) =>
        this.#connection.call(
          "project/compare",
          { from: other.projectId, to: project.projectId, ...wish },
          call,
        ),
    );
    const comparison = { projectId: project.projectId, from, to: null, ...result };
    return this.#present(
      comparison,
      l10n.t("“{from}” and “{to}” are equal.", { from: other.slug, to: project.slug }),
    );
  }

  #showInOrder(one: Entry, other: Entry): Promise<Comparison> {
    return one.createdAt <= other.createdAt ? this.#show(one, other) : this.#show(other, one);
  }

  async #show(from: Entry, to: Entry | null): Promise<Comparison> {
    const { project } = await this.#session.require();
    const comparison = await this.compare(project.projectId, from, to);
    return this.#present(
      comparison,
      to
        ? l10n.t("“{from}” and “{to}” are equal.", { from: entryTitle(from), to: entryTitle(to) })
        : l10n.t("Nothing changed since “{from}”.", { from: entryTitle(from) }),
    );
  }

  async #present(comparison: Comparison, ifEqual: string): Promise<Comparison> {
    if (summaryTotal(comparison.summary) === 0) {
      await this.#tree.close();
      void vscode.window.showInformationMessage(ifEqual);
    } else await this.#tree.show(comparison, { focus: true });
    return comparison;
  }
}

function unlessAborted({ signal }: AbortController) {
  return (thrown: unknown): undefined => {
    if (!signal.aborted) throw thrown;
  };
}
