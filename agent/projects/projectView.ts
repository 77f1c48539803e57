import { type ProjectRow, rulesOf } from "../catalog/projects.ts";
import type { Project, ProjectSettings } from "../protocol/project.ts";
import type { Btrfs } from "../volumes/btrfs.ts";

/** Projects as clients see them. */
export class ProjectView {
  readonly #btrfs: Btrfs;

  constructor(btrfs: Btrfs) {
    this.#btrfs = btrfs;
  }

  async of(row: ProjectRow): Promise<Project> {
    return {
      projectId: row.projectId,
      slug: row.slug,
      path: row.path,
      poolId: row.poolId,
      createdAt: new Date(row.createdAt).toISOString(),
      forkedFrom: row.forkedFrom,
      headSnapshotId: row.headSnapshotId,
      settings: settingsOf(row),
      nestedSubvolumes: await this.#nested(row.path),
    };
  }

  /** None when the volume is not there now, as while its pool is not mounted. */
  async #nested(volume: string): Promise<string[]> {
    return (await this.#btrfs.isSubvolume(volume)) ? this.#btrfs.nestedSubvolumes(volume) : [];
  }
}

export function settingsOf(row: ProjectRow): ProjectSettings {
  const { autoSnapshotMinutes, undeleteHours } = row;
  return { ...rulesOf(row), autoSnapshotMinutes, undeleteHours };
}
