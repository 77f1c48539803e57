import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { openPoolRig } from "./poolRig.ts";

/** Makes or removes a pool in a process that dies at a crash point. */
const args = JSON.parse(process.argv[2] ?? "") as {
  home: string;
  crashPoint: string;
  create?: { image: string; size: number; mount?: string };
  grow?: { poolId: string; size: number };
  remove?: { poolId: string; keepImage: boolean };
};
const rig = openPoolRig(args.home, crashAt(args.crashPoint));
if (args.create) await rig.creation.create(args.create, unattended);
if (args.grow) await rig.growth.grow(args.grow);
if (args.remove) await rig.removal.remove(args.remove);
