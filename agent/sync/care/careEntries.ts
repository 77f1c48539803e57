import type { Catalog } from "../../catalog/catalog.ts";
import type { Entries } from "../../catalog/entries.ts";
import { isStored, type EntryRow } from "../../catalog/entryRow.ts";
import type { Announce } from "../../host/announce.ts";
import type { Clock } from "../../host/clock.ts";
import type { DamagedSnapshot } from "../../protocol/storeReports.ts";
import type { Verdict } from "../../repository/graph/verifier.ts";
import type { Repository } from "../../repository/repository.ts";
import type { Found } from "./findDamage.ts";

/** This machine's entries, seen as copies in the store. */
export class CareEntries {
  readonly #parts: {
    readonly catalog: Catalog;
    readonly entries: Entries;
    readonly clock: Clock;
    readonly announce: Announce;
    readonly wake: (projectId: string) => void;
  };

  /** @param parts.wake there may be something of the project to push again */
  constructor(parts: {
    readonly catalog: Catalog;
    readonly entries: Entries;
    readonly clock: Clock;
    readonly announce: Announce;
    readonly wake: (projectId: string) => void;
  }) {
    this.#parts = parts;
  }

  stored(): EntryRow[] {
    return this.#parts.entries.stored();
  }

  /** Those whose copy was looked at. */
  of({ manifestDigest }: Verdict): EntryRow[] {
    return this.#parts.entries
      .byManifest(manifestDigest)
      .filter((entry) => isStored(entry) || entry.problem !== null);
  }

  /** Those that are said to be stored and whose manifest is not there. @throws ForkpointError STORE_* */
  async withoutManifest(repository: Repository, signal: AbortSignal): Promise<EntryRow[]> {
    const present = new Set<string>();
    for await (const { projectId, id } of repository.objects.manifests(signal))
      present.add(`${projectId}/${id}`);
    return this.stored().filter((entry) => {
      const name = nameOf(entry);
      return name !== null && !present.has(name);
    });
  }

  /** Writes down what was found. */
  note({ verified, damaged }: Found): void {
    const { catalog, entries, clock, announce, wake } = this.#parts;
    const touched = new Set<string>();
    catalog.transaction(() => {
      for (const verdict of verified.verdicts.filter(({ state }) => state === "whole")) {
        for (const { projectId, snapshotId } of this.of(verdict)) {
          const change = { durability: "verified", verifiedAt: clock.now(), problem: null } as const;
          entries.change(projectId, snapshotId, change);
          touched.add(projectId);
        }
      }
      for (const verdict of damaged) {
        for (const entry of this.of(verdict)) this.makeLocal(entry, verdict.problems[0] ?? null);
      }
    });
    for (const projectId of touched) announce("changed/timeline", { projectId });
    for (const verdict of damaged)
      for (const { projectId } of entries.byManifest(verdict.manifestDigest)) wake(projectId);
  }

  /** It is to be pushed again. */
  makeLocal({ projectId, snapshotId }: EntryRow, problem: string | null): void {
    const change = { durability: "local", verifiedAt: null, problem } as const;
    this.#parts.entries.change(projectId, snapshotId, change);
    this.#parts.announce("changed/timeline", { projectId });
  }

  describe(verdict: Verdict): DamagedSnapshot {
    const { projectId, manifestDigest, manifest, problems } = verdict;
    return {
      ...{ projectId, manifestDigest, problems: [...problems] },
      slug: manifest?.slug ?? null,
      snapshotId: manifest?.snapshotId ?? null,
      isHere: this.of(verdict).length > 0,
    };
  }
}

/** The entry's manifest as a name in the store; null when it has none. */
export function nameOf({ projectId, manifestDigest }: EntryRow): string | null {
  return manifestDigest === null ? null : `${projectId}/${manifestDigest}`;
}
