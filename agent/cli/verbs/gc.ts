import { type Command, InvalidArgumentError } from "commander";
import type { GcReport, RetentionSettings } from "../../protocol/storeReports.ts";
import type { CliContext } from "../cliContext.ts";
import { table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { ago, bytes, plural } from "../wording.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly keepDays?: number;
  readonly keepLast?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly graceHours?: number;
}

export function addGc(program: Command, context: CliContext): void {
  program
    .command("gc")
    .summary("delete from the store what no snapshot needs any more")
    .description(
      "Tidies the store in two runs. The first condemns snapshots that are no longer to be kept, and what only they\n" +
        "need; one after the grace period looks again and deletes. Pushes may go on meanwhile. Run it daily.\n" +
        "Kept are: what a timeline on any machine shows, pinned or not; the newest of each project; and what the\n" +
        "options say. The store remembers them. When nothing was ever said, what came in within 30 days is kept.",
    )
    .option("--dry-run", "only say what would go, and why")
    .option("--keep-days <n>", "what came in within so many days", toCount)
    .option("--keep-last <n>", "the newest so many of each project", toCount)
    .option("--keep-daily <n>", "the last of each of so many days that have one", toCount)
    .option("--keep-weekly <n>", "the last of each of so many weeks", toCount)
    .option("--keep-monthly <n>", "the last of each of so many months", toCount)
    .option("--grace-hours <n>", "how long what is condemned stays; 24 when absent", toCount)
    .addHelpText("after", "\nExample:\n  $ forkpoint gc --dry-run --keep-days 7 --keep-weekly 8")
    .action(async ({ dryRun = false, graceHours, ...keep }: Options) => {
      const report = await context.call("store/gc", {
        dryRun,
        retention: retentionOf(keep),
        ...(graceHours === undefined ? {} : { graceHours }),
      });
      context.show(report, () => (dryRun ? planText(report, context.terminal) : outcomeText(report)));
    });
}

function toCount(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

function retentionOf(keep: Options): Partial<RetentionSettings> {
  const { keepDays: days, keepLast: last, keepDaily: daily, keepWeekly: weekly, keepMonthly: monthly } = keep;
  const given = Object.entries({ days, last, daily, weekly, monthly }).filter(
    ([, count]) => count !== undefined,
  );
  return Object.fromEntries(given);
}

function planText(report: GcReport, terminal: Terminal): string {
  const { snapshots, packs, kept, retention, condemned } = report;
  const lines = [`Kept: ${plural(kept ?? 0, "snapshot")} (${retentionText(retention)}).`];
  if (condemned.manifests + condemned.packs > 0) lines.push(condemnedText(report));
  if (snapshots.length > 0) {
    const rows = snapshots.map(({ slug, snapshotId, createdAt }) => [
      slug,
      snapshotId,
      ago(createdAt, terminal.now()),
    ]);
    lines.push("", "Snapshots that would go:", table(["PROJECT", "SNAPSHOT", "TAKEN"], rows));
  }
  if (packs.length > 0) {
    const rows = packs.map(({ id, bytes: size, liveBytes }) => [
      id.slice(0, 12),
      bytes(size),
      liveBytes === 0 ? "nothing needs it" : `mostly unneeded; ${bytes(liveBytes)} written anew first`,
    ]);
    lines.push("", "Packs that would go:", table(["PACK", "SIZE", "WHY"], rows));
  }
  const freed = packs.reduce((sum, { bytes: size, liveBytes }) => sum + size - liveBytes, 0);
  if (snapshots.length + packs.length === 0) lines.push("Nothing would go.");
  else lines.push("", `${bytes(freed)} would become free, once the grace period is over.`);
  return lines.join("\n");
}

function outcomeText(report: GcReport): string {
  const { deleted, condemned } = report;
  const lines: string[] = [];
  if (deleted.manifests + deleted.packs > 0) {
    lines.push(
      `Deleted ${plural(deleted.manifests, "snapshot")} and ${plural(deleted.packs, "pack")}: ${bytes(deleted.bytes)} are free.`,
    );
  }
  if (condemned.manifests + condemned.packs > 0) lines.push(condemnedText(report));
  return lines.length > 0 ? lines.join("\n") : "There is nothing to tidy.";
}

function condemnedText({ condemned, dueInMs }: GcReport): string {
  const what = `${plural(condemned.manifests, "snapshot")} and ${plural(condemned.packs, "pack")}`;
  const hours = Math.ceil((dueInMs ?? 0) / 3_600_000);
  const when =
    dueInMs === null
      ? ""
      : ` A run in ${plural(hours, "hour")} or later deletes what is still not needed then.`;
  return `Condemned are ${what}.${when}`;
}

function retentionText({ days, last, daily, weekly, monthly }: RetentionSettings): string {
  const parts = [
    days > 0 ? `from ${plural(days, "day")}` : "",
    last > 0 ? `the last ${last}` : "",
    daily > 0 ? `${daily} daily` : "",
    weekly > 0 ? `${weekly} weekly` : "",
    monthly > 0 ? `${monthly} monthly` : "",
    "the newest of each project",
    "what timelines show",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
