import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { type LongCall, unattended } from "../../../../agent/host/longCall.ts";
import { openProjectRig } from "./projectRig.ts";

export interface ScriptArgs {
  readonly home: string;
  readonly crashPoint: string;
  readonly adopt?: { folder: string; poolId: string };
  readonly import?: { source: string; poolId: string; copy: boolean; killAfterFiles?: number };
  readonly fork?: { projectId: string; snapshotId: string; slug: string };
  readonly delete?: { projectId: string };
}

/** Runs one operation in a process that dies at a crash point. */
const args = JSON.parse(process.argv[2] ?? "") as ScriptArgs;
const rig = openProjectRig(args.home, crashAt(args.crashPoint));
const project = (id: string) => {
  const row = rig.projects.byId(id);
  if (!row) throw new Error(`no project ${id}`);
  return row;
};
if (args.adopt) {
  await rig.adoption.run(args.adopt.folder, undefined, rig.registry.named(args.adopt.poolId), unattended);
}
if (args.import) {
  const { source, poolId, copy, killAfterFiles } = args.import;
  const request = { source, slug: undefined, pool: rig.registry.named(poolId), copy };
  const report: LongCall["report"] = ({ message, done }) => {
    const isDue = message === "Copying" && killAfterFiles !== undefined && done >= killAfterFiles;
    if (isDue) process.kill(process.pid, "SIGKILL");
  };
  await rig.folderImport.run(request, { ...unattended, report });
}
if (args.fork) {
  const entry = rig.entries.find(args.fork.projectId, args.fork.snapshotId);
  if (!entry) throw new Error("no entry");
  await rig.fork.run(project(args.fork.projectId), entry, args.fork.slug, unattended);
}
if (args.delete) await rig.deletion.run(project(args.delete.projectId), unattended);
