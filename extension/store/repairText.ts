import type { DamagedSnapshot, RepairReport, VerifyReport } from "../../agent/protocol/storeReports.ts";
import type { PlanPart } from "../feedback/planQuestion.ts";
import { count } from "../wording/counts.ts";
import { formatBytes } from "../wording/sizes.ts";

type Mended = RepairReport["records"][number];

/** What only another machine can mend, unless it is given up. */
export function waitingRecords({ records }: RepairReport): readonly Mended[] {
  return records.filter(({ isMended }) => !isMended);
}

/** Whether a repair here would change anything. */
export function canMend(plan: RepairReport): boolean {
  const { damaged, left, indexProblems, records, packsIndexed, pushedAgain } = plan;
  const mended = records.filter(({ isMended }) => isMended).length;
  return (
    damaged.length > left.length || indexProblems.length + packsIndexed + pushedAgain.length + mended > 0
  );
}

/** Whether nothing at all is known to be damaged. */
export function isSound(report: RepairReport): boolean {
  return report.damaged.length === 0 && !canMend(report) && waitingRecords(report).length === 0;
}

/** What a repair would do, and what it could not. */
export function repairParts(plan: RepairReport): PlanPart[] {
  const { damaged, left, indexProblems, records, packsIndexed, pushedAgain } = plan;
  const isLeft = new Set(left.map(({ manifestDigest }) => manifestDigest));
  const mended = records.filter(({ isMended }) => isMended).map(({ problem }) => problem);
  const packs = packsIndexed > 0 ? [`${count(packsIndexed, "pack")} that no index names`] : [];
  const parts = [
    {
      heading: "Damaged",
      lines: damaged.filter(({ manifestDigest }) => !isLeft.has(manifestDigest)).map(damagedLine),
    },
    { heading: "Written again", lines: [...mended, ...indexProblems, ...packs].map((label) => ({ label })) },
    {
      heading: "Pushed again from this machine",
      lines: pushedAgain.map(({ slug, snapshotId }) => ({ label: slug, description: snapshotId })),
    },
    {
      heading: "Not on this machine; mended only as far as they share what is pushed again",
      lines: left.map(damagedLine),
    },
    {
      heading: "Only another machine can mend",
      lines: waitingRecords(plan).map(({ problem }) => ({ label: problem })),
    },
  ];
  return parts.filter(({ lines }) => lines.length > 0);
}

/** How a repair ended. */
export function repairedText(report: RepairReport): string {
  const { left } = report;
  const waiting = waitingRecords(report).length;
  const parts: string[] = [];
  if (left.length > 0) {
    parts.push(
      `${count(left.length, "snapshot is", "snapshots are")} still damaged. Repair the copy on a machine that has ${left.length === 1 ? "it" : "them"}.`,
    );
  }
  if (waiting > 0) {
    parts.push(
      `${count(waiting, "record")} of the store only another machine can mend: repair the copy there. Until then the store is not tidied.`,
    );
  }
  return parts.length > 0 ? parts.join(" ") : "The safe copy is mended.";
}

/** What a person reads before what only another machine knows is given up: what is wrong and what is lost with each. */
export function lossText(report: RepairReport): string {
  const records = waitingRecords(report).map(({ problem, loss }) =>
    loss === null ? problem : `${problem}\n→ ${loss}`,
  );
  return [
    ...records,
    "Do this only when that machine never comes back: what it alone knows is lost. Files on this machine stay as they are.",
  ].join("\n\n");
}

/** How a verification ended. */
export function verifiedText(report: VerifyReport): string {
  const { blobs, bytes, snapshots, parts, part, damaged, indexProblems } = report;
  const share = parts === 1 ? "" : `, part ${part} of ${parts}`;
  const read = `Read ${count(blobs, "part")} with ${formatBytes(bytes)} of ${count(snapshots, "snapshot")} back${share}`;
  if (damaged.length + indexProblems.length === 0) return `${read}: all of it is right.`;
  const problems = [
    ...(damaged.length > 0
      ? [
          `${count(damaged.length, "snapshot is", "snapshots are")} damaged: ${damaged.slice(0, 3).map(nameOf).join(", ")}${damaged.length > 3 ? ", …" : ""}`,
        ]
      : []),
    ...indexProblems.slice(0, 1),
  ];
  return `${read}. ${problems.join(". ")}`;
}

function damagedLine(damaged: DamagedSnapshot): PlanPart["lines"][number] {
  const [problem] = damaged.problems;
  return { label: nameOf(damaged), ...(problem === undefined ? {} : { description: problem }) };
}

function nameOf({ slug, projectId, snapshotId, manifestDigest }: DamagedSnapshot): string {
  return `${slug ?? projectId} ${snapshotId ?? `(manifest ${manifestDigest.slice(0, 12)}…)`}`;
}
