import * as l10n from "@vscode/l10n";
import type { ChangeNode } from "../compare/changeTree.ts";
import { isEntry } from "../compare/comparison.ts";
import type { ChangesTree } from "../compare/changesTree.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import { NextStep } from "../feedback/nextStep.ts";
import { chooseVersion } from "../history/chooseVersion.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import { chooseEntry } from "../timeline/chooseEntry.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { pathArguments } from "./pathArguments.ts";
import type { RestoreCommands } from "./restoreCommands.ts";

/** Finds out which paths to bring back, and from which entry. */
export class PathCommands {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  readonly #timeline: Timeline;
  readonly #restore: RestoreCommands;
  readonly #tree: ChangesTree;

  constructor(
    connection: AgentConnection,
    session: ProjectSession,
    timeline: Timeline,
    restore: RestoreCommands,
    tree: ChangesTree,
  ) {
    this.#connection = connection;
    this.#session = session;
    this.#timeline = timeline;
    this.#restore = restore;
    this.#tree = tree;
  }

  /** From the Explorer, an editor's title, or the palette. */
  async chosen(argument: unknown, selected: unknown) {
    const { location, project } = await this.#session.require();
    const paths = pathArguments(location, argument, selected);
    const [only] = paths;
    const about = { projectId: project.projectId, path: only ?? "" };
    const entry =
      only !== undefined && paths.length === 1
        ? (
            await chooseVersion(
              this.#connection,
              about,
              l10n.t("Restore “{only}” from which snapshot?", { only }),
            )
          ).first
        : await chooseEntry(
            this.#timeline,
            undefined,
            l10n.t("Restore {count} paths from which snapshot?", { count: paths.length }),
          );
    return this.#restore.paths(entry.snapshotId, paths);
  }

  /** From the Changes view: back to how they were on the older side. */
  async fromComparison(node: ChangeNode | undefined, selected: readonly ChangeNode[] | undefined) {
    const { comparison } = this.#tree;
    if (!comparison) throw new NextStep(l10n.t("Compare something first."), "forkpoint.compareWithNow");
    const { from } = comparison;
    if (!isEntry(from)) throw new NextStep(l10n.t("Only what a snapshot holds can be restored."));
    const nodes = selected?.length ? selected : node ? [node] : [];
    if (nodes.length === 0) throw new NextStep(l10n.t("Choose a path in the Changes view."));
    const paths = nodes.flatMap(({ path, change }) =>
      change?.from === undefined ? [path] : [path, change.from],
    );
    return this.#restore.paths(from.snapshotId, [...new Set(paths)]);
  }
}
