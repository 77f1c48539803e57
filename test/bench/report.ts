import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { packageVersion } from "../../agent/protocol/packageVersion.ts";
import { type Reading, type Timing, percentile } from "./timings.ts";

export interface Results {
  readonly timings: readonly Timing[];
  readonly readings: readonly Reading[];
}

/** The most an operation may take, at the 95th percentile, or in the worst run where there are too few. */
const aims: readonly { readonly of: RegExp; readonly most: number }[] = [
  { of: /^snapshot/, most: 50 },
  { of: /^fork/, most: 300 },
  { of: /^restore, 1000 files/, most: 1000 },
  { of: /^extension: activate/, most: 50 },
  { of: /^memory, idle/, most: 120 },
  { of: /^CPU, idle/, most: 0.1 },
];
/** With fewer runs a 95th percentile says nothing. */
const runsForPercentile = 20;

/** What the numbers were measured on; names no machine. */
export function surroundings() {
  const version = (program: string) =>
    execFileSync(program, ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
  return {
    forkpoint: packageVersion(import.meta.dirname),
    node: process.version,
    kernel: release(),
    btrfs: version("btrfs"),
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
  };
}

/** The results for a program. */
export function asJson({ timings, readings }: Results) {
  return {
    on: surroundings(),
    timings: timings.map((timing) => ({
      ...timing,
      ...summary(timing.runs),
      aimMs: aimOf(timing.operation) ?? null,
    })),
    readings: readings.map((reading) => ({ ...reading, aim: aimOf(reading.what) ?? null })),
  };
}

/** The results for a person: a table in Markdown. */
export function asTable({ timings, readings }: Results): string {
  const rows = [
    ["", "files", "runs", "median", "p95", "worst", "aim"],
    ...timings.map(({ operation, files, runs }) => {
      const { medianMs, p95Ms, worstMs } = summary(runs);
      const p95 = p95Ms === null ? "" : duration(p95Ms);
      const count = files.toLocaleString("en");
      const aim = verdict(operation, p95Ms ?? worstMs, "ms");
      return [operation, count, String(runs.length), duration(medianMs), p95, duration(worstMs), aim];
    }),
    ...readings.map(({ what, files, value, unit }) => {
      const shown = unit === "%" ? `${value.toFixed(2)} %` : `${value.toFixed(0)} ${unit}`;
      return [what, files?.toLocaleString("en") ?? "", "1", shown, "", "", verdict(what, value, unit)];
    }),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function summary(runs: readonly number[]) {
  return {
    medianMs: percentile(runs, 0.5),
    p95Ms: runs.length < runsForPercentile ? null : percentile(runs, 0.95),
    worstMs: Math.max(...runs),
  };
}

function aimOf(what: string): number | undefined {
  return aims.find(({ of }) => of.test(what))?.most;
}

function verdict(what: string, value: number, unit: string): string {
  const most = aimOf(what);
  if (most === undefined) return "";
  return `${value <= most ? "✓" : "✗ missed"} ${most} ${unit}`;
}

function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 2000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
