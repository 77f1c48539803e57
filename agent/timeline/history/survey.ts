import type { Entries } from "../../catalog/entries.ts";
import type { ProjectRow } from "../../catalog/projects.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import type { Btrfs } from "../../volumes/btrfs.ts";
import { joinBytes, splitPath } from "../../volumes/bytePaths.ts";
import type { SnapshotPlaces } from "../snapshotPlaces.ts";
import { Contents } from "./contents.ts";
import { Moments } from "./moments.ts";
import { type Run, runsOf } from "./runs.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { type ThingVersion, thingVersions } from "./things.ts";
import { type Trail, trailOf } from "./trail.ts";

/** What can be told of a path without comparing snapshots. */
export interface Survey {
  readonly moments: Moments;
  /** Newest first. */
  readonly segments: readonly Segment[];
  /** By their newest segment. */
  readonly things: ReadonlyMap<Segment, ThingVersion>;
  readonly uncompared: number;
  readonly unknown: number;
  readonly looks: number;
}

/**
 * Looks for a path over all entries and in the workspace as it stands. The caller holds the project.
 * @throws ForkpointError PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, FILES_UNREADABLE, CANCELLED
 */
export async function survey(
  parts: {
    readonly rows: Entries;
    readonly places: SnapshotPlaces;
    readonly btrfs: Btrfs;
    readonly processes: Processes;
  },
  project: ProjectRow,
  path: Buffer,
  signal: AbortSignal,
): Promise<Survey> {
  const entries = parts.rows.moments(project.projectId);
  const moments = new Moments(entries);
  const rootOf = (moment: number) => {
    const entry = moments.entry(moment);
    return entry ? parts.places.of(project, entry.snapshotId) : project.path;
  };
  const look = async (moment: number) => {
    const entry = moments.entry(moment);
    // What stands where the volume should be is not the workspace.
    if (!entry && !(await parts.btrfs.isSubvolume(project.path))) return null;
    const trail = await trailOf(rootOf(moment), path);
    const native = entry?.broughtBack !== true;
    return trail && { trail, native, settledBefore: moments.settledBefore(moment) };
  };
  const { runs, looks } = await runsOf(moments.count, look, signal);
  const segments = segmentsOf(runs, (moment) => joinBytes(Buffer.from(rootOf(moment)), path));
  if (segments.every(({ kind }) => kind === "nothing")) throw nowhere(path, runs);
  const { versions, uncompared } = await thingVersions(segments, new Contents(parts.processes, signal));
  const unknown = runs
    .filter(({ sighting }) => !sighting)
    .reduce((sum, { first, last }) => sum + moments.entriesIn(first, last), 0);
  return { moments, segments, things: versions, uncompared, unknown, looks };
}

function nowhere(path: Buffer, runs: readonly Run[]): ForkpointError {
  const text = encodeVolumePath(path);
  const trails = runs.flatMap(({ sighting }) => (sighting ? [sighting.trail] : []));
  const linked = trails.find(({ blockedBy }) => blockedBy === "link");
  if (linked) {
    const message = `The path ${text} goes through the symbolic link ${endOf(path, linked)}.`;
    const hint = "Name the path that the link leads to, if it is inside the workspace.";
    return new ForkpointError("PATH_OUTSIDE_VOLUME", message, { hint });
  }
  if (trails.some(({ blockedBy }) => blockedBy === "mount")) {
    const message = `The path ${text} lies in another subvolume or file system, which snapshots do not hold.`;
    return new ForkpointError("PATH_OUTSIDE_VOLUME", message);
  }
  return new ForkpointError(
    "PATH_NOT_FOUND",
    `Neither the workspace nor a snapshot on this disk has ${text}.`,
    { hint: "Find what was deleted with `forkpoint history --deleted`." },
  );
}

function endOf(path: Buffer, { steps }: Trail): string {
  const parts = splitPath(path).slice(0, steps.length - 1);
  return encodeVolumePath(parts.reduce((folder, name) => joinBytes(folder, name), Buffer.alloc(0)));
}
