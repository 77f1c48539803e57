import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../../agent/catalog/projects.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import type { RepositoryKind } from "../../../support/repositoryKinds.ts";
import { openTwoMachines, type TwoMachines } from "./twoMachines.ts";

/** Two machines, and a project of the first whose one snapshot is in the store. */
export interface StoredSite {
  readonly store: MemoryBlobStore;
  readonly both: TwoMachines;
  readonly project: ProjectRow;
  readonly first: EntryRow;
}

/** @param now the store's clock; the system's when absent */
export async function openStoredSite(kind: RepositoryKind, now?: () => number): Promise<StoredSite> {
  const store = new MemoryBlobStore();
  if (now) store.now = now;
  const both = await openTwoMachines({ here: store, there: store }, { here: 512, there: 512 }, kind);
  const { here } = both;
  const project = await here.makeProject("site");
  writeFileSync(join(project.path, "file"), randomBytes(50_000));
  const first = await here.snapshot(project);
  await here.push(project);
  return { store, both, project, first };
}
