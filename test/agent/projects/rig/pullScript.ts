import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { openServiceRig } from "./serviceRig.ts";

/** Pulls a project in a process that dies at a crash point. */
const args = JSON.parse(process.argv[2] ?? "") as { home: string; crashPoint: string; project: string };
const rig = openServiceRig(args.home, { crashPoint: crashAt(args.crashPoint) });
await rig.projectService.pull({ project: args.project }, unattended);
