import { execFileSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { packageVersion } from "../../agent/protocol/packageVersion.ts";
import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";
import { type Reading, type Timing, percentile } from "./timings.ts";

export interface Results {
  readonly timings: readonly Timing[];
  readonly readings: readonly Reading[];
}

/** The most an operation may take, at the 95th percentile, or in the worst run where there are too few. */
const aims: readonly { readonly of: RegExp; readonly most: number }[] = [
  { of: /^snapshot/, most: 50 },
  { of: /^fork/, most: 300 },
  { of: /entries$|^search by path/, most: 200 },
  { of: /^longest pause/, most: 200 },
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

/** The results for a person: a table in Markdown; where modes were compared, one of those side by side. */
export function asTable(results: Results): string {
  const modes = [...new Set(results.timings.map(({ mode }) => mode))];
  return markdown(modes.length > 1 ? sideBySide(results, modes) : oneMode(results));
}

function oneMode({ timings, readings }: Results): string[][] {
  return [
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
}

/** Medians, and how many times as long as the first mode each other one takes. */
function sideBySide({ timings }: Results, modes: readonly PrivilegeMode[]): string[][] {
  const [first, ...others] = modes;
  const groups = Map.groupBy(timings, ({ operation, files }) => `${operation}|${files}`);
  return [
    [
      "",
      "files",
      "runs",
      ...modes.flatMap((mode) => (mode === first ? [mode] : [mode, `${mode} / ${first}`])),
    ],
    ...[...groups.values()].map((group) => {
      const of = (mode: PrivilegeMode | undefined) => group.find((timing) => timing.mode === mode)?.runs;
      const median = (mode: PrivilegeMode | undefined) => percentile(of(mode) ?? [], 0.5);
      const shown = (ms: number) => (Number.isNaN(ms) ? "" : duration(ms));
      const ratio = (mode: PrivilegeMode) => {
        const times = median(mode) / median(first);
        return Number.isNaN(times) ? "" : `× ${times.toFixed(1)}`;
      };
      return [
        group[0]?.operation ?? "",
        group[0]?.files.toLocaleString("en") ?? "",
        String(group[0]?.runs.length ?? 0),
        shown(median(first)),
        ...others.flatMap((mode) => [shown(median(mode)), ratio(mode)]),
      ];
    }),
  ];
}

/** A table in Markdown; the first row holds the headings. */
export function markdown(rows: readonly string[][]): string {
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
