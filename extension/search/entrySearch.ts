import { isAbsolute } from "node:path";
import * as l10n from "@vscode/l10n";
import type { Entry } from "../../agent/protocol/entry.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import { encodeVolumePath } from "../../agent/protocol/volumePath.ts";
import type { AgentConnection } from "../connection/agentConnection.ts";
import type { ProjectSession } from "../project/projectSession.ts";
import type { VolumeLocation } from "../project/volumeLocation.ts";
import { plural } from "../wording/counts.ts";
import { searchQuery } from "./searchQuery.ts";

/** A page of what was found, newest first. */
export interface FoundEntries {
  readonly entries: readonly Entry[];
  readonly more: boolean;
  /** How many there are over all pages. */
  readonly matches: number;
  /** What could not be looked for or looked into, in a sentence; null when all is well. */
  readonly problem: string | null;
}

const nothing: FoundEntries = { entries: [], more: false, matches: 0, problem: null };

/** Looks for entries of this window's project. */
export class EntrySearch {
  readonly #connection: AgentConnection;
  readonly #session: ProjectSession;
  /** The entries that changed a path, until the timeline has changed: later pages ask for the same. */
  #touching:
    { readonly key: string; readonly ids: readonly string[]; readonly note: string | null } | undefined;

  constructor(connection: AgentConnection, session: ProjectSession) {
    this.#connection = connection;
    this.#session = session;
  }

  /**
   * @param typed as `searchQuery` reads it
   * @param page.before the last entry of the page before
   * @throws ForkpointError what the agent answers, NextStep when there is no project
   */
  async find(
    typed: string,
    page: { readonly limit: number; readonly before?: string | undefined },
    signal: AbortSignal,
  ): Promise<FoundEntries> {
    const { project, location } = await this.#session.require();
    const { filter, path, problem } = searchQuery(typed, Date.now());
    if (problem !== null) return { ...nothing, problem };
    const { projectId } = project;
    const touching = path === null ? null : await this.#touches(projectId, location, path, page, signal);
    if (typeof touching === "string") return { ...nothing, problem: touching };
    const wanted = { ...filter, ...(touching && { among: [...touching.ids] }) };
    const { entries, more, matches } = await this.#connection.call(
      "timeline/list",
      { project: projectId, filter: wanted, limit: page.limit, ...(page.before && { before: page.before }) },
      { signal },
    );
    return { entries, more, matches: matches ?? entries.length, problem: touching?.note ?? null };
  }

  /** The entries that changed a path, or a sentence when there is no such path. */
  async #touches(
    project: string,
    location: VolumeLocation,
    asked: string,
    page: { readonly before?: string | undefined },
    signal: AbortSignal,
  ) {
    const inside = isAbsolute(asked) ? location.inside(asked) : asked;
    if (inside === null) return l10n.t("“{asked}” is not in this workspace.", { asked });
    const key = `${project} ${inside}`;
    if (page.before !== undefined && this.#touching?.key === key) return this.#touching;
    try {
      const path = encodeVolumePath(Buffer.from(inside, "utf8"));
      const { snapshotIds, unknown, complete } = await this.#connection.call(
        "timeline/touching",
        { project, path },
        { signal },
      );
      const notes = [
        ...(unknown > 0
          ? [
              plural(
                unknown,
                "{count} snapshot could not be looked into: not on this disk.",
                "{count} snapshots could not be looked into: not on this disk.",
              ),
            ]
          : []),
        ...(complete ? [] : [l10n.t("Only the newest snapshots were looked into.")]),
      ];
      this.#touching = { key, ids: snapshotIds, note: notes.join(" ") || null };
      return this.#touching;
    } catch (thrown) {
      if (thrown instanceof ForkpointError && isAboutPath.has(thrown.code)) return thrown.message;
      throw thrown;
    }
  }
}

const isAboutPath: ReadonlySet<string> = new Set(["PATH_NOT_FOUND", "PATH_OUTSIDE_VOLUME", "BAD_REQUEST"]);
