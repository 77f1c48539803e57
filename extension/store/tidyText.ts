import * as l10n from "@vscode/l10n";
import type { GcReport } from "../../agent/protocol/storeReports.ts";
import type { PlanPart } from "../feedback/planQuestion.ts";
import { formatCount, plural } from "../wording/counts.ts";
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
    return l10n.t("Condemned: {what}. Tidying in {time} or later deletes them.", {
      what: amounts(condemned),
      time: inHours(dueInMs),
    });
  }
  return dueInMs === null
    ? l10n.t("Condemns them. Tidying again, a day later, deletes what is still not needed.")
    : l10n.t("Deletes for good what was condemned and is still not needed; condemns the rest.");
}

/** What stays, and what goes and why. */
export function planParts(plan: GcReport, nowMs: number): PlanPart[] {
  const { snapshots, packs } = plan;
  const parts = [
    {
      heading: l10n.t("Snapshots that go ({count})", { count: formatCount(snapshots.length) }),
      lines: snapshots.map(({ slug, snapshotId, createdAt }) => ({
        label: slug,
        description: `${l10n.t("taken {when}; in no timeline any more", { when: relativeTime(createdAt, nowMs) })} · ${snapshotId}`,
      })),
    },
    {
      heading: l10n.t("Packs that go ({count})", { count: formatCount(packs.length) }),
      lines: packs.map(({ id, bytes, liveBytes }) => ({
        label: formatBytes(bytes),
        description: `${whyItGoes(liveBytes)} · ${id.slice(0, 12)}`,
      })),
    },
  ];
  return parts.filter(({ lines }) => lines.length > 0).map(shortened);
}

/** What stays: "12 snapshots: everything of the last 30 days, …". */
export function keptText({ kept, retention }: GcReport): string {
  return plural(kept ?? 0, "{count} snapshot: {what}", "{count} snapshots: {what}", {
    what: retentionText(retention),
  });
}

/** What a run has done. @param byItself whether the next one needs nobody */
export function tidiedText({ deleted, condemned, dueInMs }: GcReport, byItself: boolean): string {
  const parts: string[] = [];
  if (deleted.manifests + deleted.packs > 0)
    parts.push(
      l10n.t("Deleted {what} from the store: {size} are free.", {
        what: amounts(deleted),
        size: formatBytes(deleted.bytes),
      }),
    );
  if (condemned.manifests + condemned.packs > 0) {
    const time = inHours(dueInMs);
    const then = byItself
      ? l10n.t("What is still not needed in {time} or later is deleted then, by itself.", { time })
      : l10n.t("Tidy again in {time} or later, and what is still not needed is deleted.", { time });
    parts.push(`${l10n.t("Condemned {what}.", { what: amounts(condemned) })} ${then}`);
  }
  return parts.length > 0 ? parts.join(" ") : l10n.t("There is nothing to tidy.");
}

function whyItGoes(liveBytes: number): string {
  return liveBytes === 0
    ? l10n.t("nothing needs it")
    : l10n.t("hardly needed; {size} written anew first", { size: formatBytes(liveBytes) });
}

function amounts({ manifests, packs }: { readonly manifests: number; readonly packs: number }): string {
  return l10n.t("{snapshots} and {packs}", {
    snapshots: plural(manifests, "{count} snapshot", "{count} snapshots"),
    packs: plural(packs, "{count} pack", "{count} packs"),
  });
}

function inHours(ms: number | null): string {
  return plural(Math.max(1, Math.ceil((ms ?? 0) / hourMs)), "{count} hour", "{count} hours");
}

function shortened({ heading, lines }: PlanPart): PlanPart {
  const left = lines.length - rowsShown;
  if (left <= 0) return { heading, lines };
  return {
    heading,
    lines: [
      ...lines.slice(0, rowsShown),
      { label: l10n.t("… and {count} more", { count: formatCount(left) }) },
    ],
  };
}
