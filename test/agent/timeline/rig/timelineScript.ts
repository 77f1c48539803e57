import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { openTimelineRig } from "./timelineRig.ts";

export interface ScriptArgs {
  readonly home: string;
  readonly projectId: string;
  readonly crashPoint: string;
  readonly nth?: number;
  readonly snapshot?: true;
  readonly restore?: { snapshotId: string; paths?: string[]; abortAt?: string };
  readonly delete?: string;
  /** Deletes it in such a way that it can be brought back. */
  readonly hide?: string;
  readonly undelete?: string;
  /** Lets the time be over to bring anything back. */
  readonly sweep?: true;
  readonly recover?: true;
  /** An act that writes this into the page. */
  readonly act?: string;
}

/** Runs one operation in a process that dies at a crash point; with `abortAt` it is cancelled at another. */
const args = JSON.parse(process.argv[2] ?? "") as ScriptArgs;
const dies = crashAt(args.crashPoint, args.nth);
const cancelled = new AbortController();
const rig = openTimelineRig(args.home, {
  ...(args.sweep ? { isPoolLow: () => true } : {}),
  crashPoint: (name) => {
    if (name === args.restore?.abortAt) cancelled.abort();
    dies(name);
  },
});
const project = rig.project(args.projectId);
const call = { ...unattended, signal: cancelled.signal };
if (args.recover) await rig.recoverTimeline();
if (args.snapshot) await rig.timeline.snapshot(project, { cause: "manual", pin: false }, call);
if (args.restore) {
  const { snapshotId, paths } = args.restore;
  const wish = { snapshotId, openFiles: "refuse", ...(paths ? { paths } : {}) } as const;
  await rig.timeline.restore(project, wish, call);
}
if (args.delete) await rig.timeline.delete(project, { snapshotIds: [args.delete], forGood: true }, call);
if (args.hide) await rig.timeline.delete(project, { snapshotIds: [args.hide], forGood: false }, call);
if (args.undelete) await rig.timeline.undelete(project, { snapshotIds: [args.undelete], heads: null }, call);
if (args.sweep) {
  rig.timeline.start();
  await rig.timeline.close();
}
if (args.act !== undefined) {
  const { acts } = rig.timeline;
  const { actId } = await acts.begin(
    project,
    { cause: "install", what: "npm ci", late: false, alone: false },
    call,
  );
  writeFileSync(join(project.path, "page"), args.act);
  await acts.end(project, { actId, outcome: "done", exitCode: 0, count: true }, call);
}
