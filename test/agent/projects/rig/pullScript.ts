import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { openServiceRig } from "./serviceRig.ts";

/** Pulls a project in a process that dies at a crash point. */
const args = JSON.parse(process.argv[2] ?? "") as {
  readonly home: string;
  readonly crashPoint: string;
  readonly wanted: { readonly project: string; readonly slug?: string; readonly snapshotId?: string };
};
const rig = openServiceRig(args.home, { crashPoint: crashAt(args.crashPoint) });
await rig.projectService.pull(args.wanted, unattended);
