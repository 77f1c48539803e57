import type { GcReport } from "../../agent/protocol/storeReports.ts";
import type { PlanPart } from "../feedback/planQuestion.ts";
import { count } from "../wording/counts.ts";
import { relativeTime } from "../wording/relativeTime.ts";
import { retentionText } from "../wording/retention.ts";
import { formatBytes } from "../wording/sizes.ts";

const rowsShown = 50;
const hourMs = 3_600_000;

/** Whether nothing would go, and nothing waits to. */
export function nothingGoes({ snapshots, packs, condemned }: GcReport): boolean {
  return snapshots.length + packs.length + condemned.manifests + condemned.packs === 0;
}

/** Whether what is condemned waits for its time, so that a run now would change nothing. */
export function isWaiting({ dueInMs }: GcReport): boolean {
  return dueInMs !== null && dueInMs > 0;
}

/** Bytes that become free, less what is written anew first. */
export function freedBytes({ packs }: GcReport): number {
  return packs.reduce((sum, { bytes, liveBytes }) => sum + bytes - liveBytes, 0);
}

/** What tidying does to the store now, and when what is condemned goes. */
export function tidyEffect(plan: GcReport): string {
  const { condemned, dueInMs } = plan;
  if (isWaiting(plan)) {
    return `Condemned: ${amounts(condemned)}. Tidying in ${inHours(dueInMs)} or later deletes them.`;
  }
  return dueInMs === null
    ? "Condemns them. Tidying again, a day later, deletes what is still not needed."
    : "Deletes for good what was condemned and is still not needed; condemns the rest.";
}

/** What stays, and what goes and why. */
export function planParts(plan: GcReport, nowMs: number): PlanPart[] {
  const { snapshots, packs } = plan;
  const parts = [
    {
      heading: `Snapshots that go (${snapshots.length.toLocaleString("en")})`,
      lines: snapshots.map(({ slug, snapshotId, createdAt }) => ({
        label: slug,
        description: `taken ${relativeTime(createdAt, nowMs)}; in no timeline any more · ${snapshotId}`,
      })),
    },
    {
      heading: `Packs that go (${packs.length.toLocaleString("en")})`,
      lines: packs.map(({ id, bytes, liveBytes }) => ({
        label: formatBytes(bytes),
        description: `${liveBytes === 0 ? "nothing needs it" : `hardly needed; ${formatBytes(liveBytes)} written anew first`} · ${id.slice(0, 12)}`,
      })),
    },
  ];
  return parts.filter(({ lines }) => lines.length > 0).map(shortened);
}

/** What stays: "12 snapshots: everything of the last 30 days, …". */
export function keptText({ kept, retention }: GcReport): string {
  return `${count(kept ?? 0, "snapshot")}: ${retentionText(retention)}`;
}

/** What a run has done. @param byItself whether the next one needs nobody */
export function tidiedText({ deleted, condemned, dueInMs }: GcReport, byItself: boolean): string {
  const parts: string[] = [];
  if (deleted.manifests + deleted.packs > 0)
    parts.push(`Deleted ${amounts(deleted)} from the store: ${formatBytes(deleted.bytes)} are free.`);
  if (condemned.manifests + condemned.packs > 0) {
    const when = `in ${inHours(dueInMs)} or later`;
    const then = byItself
      ? `What is still not needed ${when} is deleted then, by itself.`
      : `Tidy again ${when}, and what is still not needed is deleted.`;
    parts.push(`Condemned ${amounts(condemned)}. ${then}`);
  }
  return parts.length > 0 ? parts.join(" ") : "There is nothing to tidy.";
}

function amounts({ manifests, packs }: { readonly manifests: number; readonly packs: number }): string {
  return `${count(manifests, "snapshot")} and ${count(packs, "pack")}`;
}

function inHours(ms: number | null): string {
  return count(Math.max(1, Math.ceil((ms ?? 0) / hourMs)), "hour");
}

function shortened({ heading, lines }: PlanPart): PlanPart {
  const left = lines.length - rowsShown;
  if (left <= 0) return { heading, lines };
  return {
    heading,
    lines: [...lines.slice(0, rowsShown), { label: `… and ${left.toLocaleString("en")} more` }],
  };
}
