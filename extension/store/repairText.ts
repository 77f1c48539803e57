import * as l10n from "@vscode/l10n";
import type { DamagedSnapshot, RepairReport, VerifyReport } from "../../agent/protocol/storeReports.ts";
import type { PlanPart } from "../feedback/planQuestion.ts";
import { plural } from "../wording/counts.ts";
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
  const packs =
    packsIndexed > 0
      ? [plural(packsIndexed, "{count} pack that no index names", "{count} packs that no index names")]
      : [];
  const parts = [
    {
      heading: l10n.t("Damaged"),
      lines: damaged.filter(({ manifestDigest }) => !isLeft.has(manifestDigest)).map(damagedLine),
    },
    {
      heading: l10n.t("Written again"),
      lines: [...mended, ...indexProblems, ...packs].map((label) => ({ label })),
    },
    {
      heading: l10n.t("Pushed again from this machine"),
      lines: pushedAgain.map(({ slug, snapshotId }) => ({ label: slug, description: snapshotId })),
    },
    {
      heading: l10n.t("Not on this machine; mended only as far as they share what is pushed again"),
      lines: left.map(damagedLine),
    },
    {
      heading: l10n.t("Only another machine can mend"),
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
      plural(
        left.length,
        "{count} snapshot is still damaged. Repair the copy on a machine that has it.",
        "{count} snapshots are still damaged. Repair the copy on a machine that has them.",
      ),
    );
  }
  if (waiting > 0) {
    parts.push(
      plural(
        waiting,
        "{count} record of the store only another machine can mend: repair the copy there. Until then the store is not tidied.",
        "{count} records of the store only another machine can mend: repair the copy there. Until then the store is not tidied.",
      ),
    );
  }
  return parts.length > 0 ? parts.join(" ") : l10n.t("The safe copy is mended.");
}

/** What a person reads before what only another machine knows is given up: what is wrong and what is lost with each. */
export function lossText(report: RepairReport): string {
  const records = waitingRecords(report).map(({ problem, loss }) =>
    loss === null ? problem : `${problem}\n→ ${loss}`,
  );
  return [
    ...records,
    l10n.t(
      "Do this only when that machine never comes back: what it alone knows is lost. Files on this machine stay as they are.",
    ),
  ].join("\n\n");
}

/** How a verification ended. */
export function verifiedText(report: VerifyReport): string {
  const { blobs, bytes, snapshots, parts, part, damaged, indexProblems } = report;
  const words = {
    parts: plural(blobs, "{count} part", "{count} parts"),
    size: formatBytes(bytes),
    snapshots: plural(snapshots, "{count} snapshot", "{count} snapshots"),
  };
  const read =
    parts === 1
      ? l10n.t("Read {parts} with {size} of {snapshots} back", words)
      : l10n.t("Read {parts} with {size} of {snapshots} back, part {share} of {shares}", {
          ...words,
          share: part,
          shares: parts,
        });
  if (damaged.length + indexProblems.length === 0) return l10n.t("{read}: all of it is right.", { read });
  const problems = [
    ...(damaged.length > 0
      ? [
          plural(
            damaged.length,
            "{count} snapshot is damaged: {names}",
            "{count} snapshots are damaged: {names}",
            { names: [...damaged.slice(0, 3).map(nameOf), ...(damaged.length > 3 ? ["…"] : [])].join(", ") },
          ),
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
  const name = snapshotId ?? `(${l10n.t("manifest {id}…", { id: manifestDigest.slice(0, 12) })})`;
  return `${slug ?? projectId} ${name}`;
}
