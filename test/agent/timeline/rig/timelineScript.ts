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
  readonly recover?: true;
  /** An act that writes this into the page. */
  readonly act?: string;
}

/** Runs one operation in a process that dies at a crash point; with `abortAt` it is cancelled at another. */
const args = JSON.parse(process.argv[2] ?? "") as ScriptArgs;
const dies = crashAt(args.crashPoint, args.nth);
const cancelled = new AbortController();
const rig = openTimelineRig(args.home, {
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
if (args.delete) await rig.timeline.delete(project, args.delete, call);
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
