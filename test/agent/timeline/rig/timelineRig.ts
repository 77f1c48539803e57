import type { Clock } from "../../../../agent/host/clock.ts";
import { type CrashPoint, neverCrash } from "../../../../agent/host/crashPoints.ts";
import { ProjectLocks } from "../../../../agent/host/projectLocks.ts";
import { ForkpointError } from "../../../../agent/protocol/errors.ts";
import { TimelineService } from "../../../../agent/timeline/timelineService.ts";
import { openProjectRig } from "../../projects/rig/projectRig.ts";

/** The timeline over the catalog in `home`, as the agent puts it together, without a store. */
export function openTimelineRig(
  home: string,
  options: {
    readonly crashPoint?: CrashPoint;
    readonly clock?: Clock;
    readonly isPoolLow?: () => boolean;
    readonly isUploading?: () => boolean;
  } = {},
) {
  const crashPoint = options.crashPoint ?? neverCrash;
  const rig = openProjectRig(home, crashPoint);
  const events: string[] = [];
  const timeline = new TimelineService({
    ...rig,
    clock: options.clock ?? rig.clock,
    locks: new ProjectLocks(),
    uploads: {
      wake: () => events.push("wake"),
      isUploading: options.isUploading ?? (() => false),
      stopUploads: () => Promise.resolve(),
      pull: () => Promise.reject(new ForkpointError("STORE_NOT_SET", "No store is set.")),
    },
    announce: (event) => events.push(event),
    healthChanged: () => events.push("health"),
    isPoolLow: () => Promise.resolve(options.isPoolLow?.() ?? false),
    crashPoint,
    author: "ada",
  });
  const recoverTimeline = async () => {
    const recovery = rig.recovery(timeline.recoverers);
    await recovery.run();
    return recovery.problems;
  };
  const project = (projectId: string) => {
    const row = rig.projects.byId(projectId);
    if (!row) throw new Error(`There is no project ${projectId}.`);
    return row;
  };
  return { ...rig, timeline, events, project, recoverTimeline };
}
export type TimelineRig = ReturnType<typeof openTimelineRig>;
