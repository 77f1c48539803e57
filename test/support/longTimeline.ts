import { Acts } from "../../agent/catalog/acts.ts";
import type { Catalog } from "../../agent/catalog/catalog.ts";
import { Entries } from "../../agent/catalog/entries.ts";
import { newEntry } from "../../agent/catalog/newEntry.ts";
import { Pools } from "../../agent/catalog/pools.ts";
import { Projects } from "../../agent/catalog/projects.ts";
import { defaultRules } from "../../agent/protocol/retention.ts";
import { newId } from "../../agent/host/ids.ts";

const minute = 60_000;
const causes = [
  "manual",
  "timer",
  "install",
  "timer",
  "git",
  "timer",
  "timer",
  "test",
  "timer",
  "timer",
] as const;

/**
 * Writes a project with so many entries into a catalog, without any snapshot on a disk: every tenth is a manual one, with a
 * label, and every tenth one that an install led to.
 * @param into an existing project; one of its own when absent
 * @returns the project's id
 */
export function fillTimeline(catalog: Catalog, amount: number, into?: string): string {
  const [entries, acts, projects] = [new Entries(catalog), new Acts(catalog), new Projects(catalog)];
  const projectId = into ?? newId();
  const began = Date.parse("2026-01-01T00:00:00Z");
  return catalog.transaction(() => {
    if (into === undefined) addProject(catalog, projectId);
    let parentId: string | null = projects.byId(projectId)?.headSnapshotId ?? null;
    for (let number = 0; number < amount; number++) {
      const snapshotId = newId();
      const cause = causes[number % causes.length] ?? "timer";
      const createdAt = began + number * 10 * minute;
      const label = cause === "manual" ? `label ${number / 10}` : null;
      entries.add(newEntry({ snapshotId, projectId, parentId, cause, author: "ada", createdAt, label }));
      if (cause === "install" && parentId !== null) {
        acts.put({
          ...{
            actId: newId(),
            projectId,
            cause,
            what: `npm install package-${(number - 2) / 10}x`,
            beforeId: parentId,
          },
          ...{
            beforeTaken: false,
            afterId: snapshotId,
            outcome: "done",
            exitCode: 0,
            beganAt: createdAt - minute,
          },
          ...{ endedAt: createdAt, change: null },
        });
      }
      parentId = snapshotId;
    }
    projects.change(projectId, { headSnapshotId: parentId });
    return projectId;
  });
}

function addProject(catalog: Catalog, projectId: string): void {
  new Pools(catalog).add({ poolId: "pool", path: "/pool", image: null, createdAt: 0 });
  new Projects(catalog).add({
    ...{ projectId, slug: "long", poolId: "pool", path: "/pool/long", createdAt: 0, forkedFrom: null },
    ...{ headSnapshotId: null, autoSnapshotMinutes: 0, undeleteHours: 24 },
    ...{ ...defaultRules, maxSnapshots: 10_000 },
    ...{ remoteHead: null, lastPushAt: null, whole: true },
  });
}
