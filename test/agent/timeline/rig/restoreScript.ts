import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { openServiceRig } from "../../projects/rig/serviceRig.ts";

/** Restores an entry in a process that dies at a crash point. */
const args = JSON.parse(process.argv[2] ?? "") as {
  readonly home: string;
  readonly crashPoint: string;
  readonly projectId: string;
  readonly snapshotId: string;
};
const rig = openServiceRig(args.home, { crashPoint: crashAt(args.crashPoint) });
const project = rig.projects.byId(args.projectId);
if (!project) throw new Error("There is no such project.");
await rig.timeline.restore(project, { snapshotId: args.snapshotId, openFiles: "refuse" }, unattended);
