import { ourName } from "./forkpointEngine.ts";
import { markdown } from "../report.ts";
import { percentile } from "../timings.ts";
import type { Row } from "./scenario.ts";

/** The most of ours, as a share of theirs (the best of those whose name matches) or in bytes. */
interface Aim {
  readonly step: RegExp;
  readonly unit: Row["unit"];
  readonly rival?: RegExp;
  readonly share?: number;
  readonly bytes?: number;
}

const mib = 1024 * 1024;
const aims: readonly Aim[] = [
  { step: /^first push$/, unit: "s", rival: /^restic/, share: 1 / 3 },
  { step: /^first push$/, unit: "s", rival: /^send/, share: 1 },
  { step: /^push, (one small edit|1 byte changed)$/, unit: "s", rival: /^restic/, share: 1 / 50 },
  { step: /^pull to an empty pool$/, unit: "s", rival: /^restic/, share: 1 / 2 },
  { step: /^bytes stored in all$/, unit: "bytes", rival: /^restic/, share: 1 },
  { step: /^push of a fork: bytes added$/, unit: "bytes", bytes: 64 * 1024 },
  { step: /^push, 1 byte changed: bytes added$/, unit: "bytes", bytes: 2 * mib },
  { step: /^peak memory$/, unit: "bytes", bytes: 256 * mib },
];

/** The rows for a person, medians, in Markdown: a table for each scenario. */
export function asEngineTable(rows: readonly Row[]): string {
  return [...Map.groupBy(rows, ({ scenario }) => scenario)]
    .map(([scenario, of]) => {
      const names = [...new Set(of.flatMap(({ values }) => Object.keys(values)))];
      const header = [scenario, ...names, "aim"];
      const lines = of.map((row) => [row.step, ...names.map((name) => shown(row, name)), verdicts(row)]);
      return markdown([header, ...lines]);
    })
    .join("\n\n");
}

function verdicts(row: Row): string {
  const own = median(row, ourName);
  return aims
    .filter(({ step, unit }) => unit === row.unit && step.test(row.step))
    .flatMap(({ rival, share, bytes }) => {
      if (bytes !== undefined) return [`${own <= bytes ? "✓" : "✗ missed"} ${size(bytes)}`];
      if (!rival || share === undefined) return [];
      const theirs = Object.keys(row.values).filter((name) => rival.test(name));
      if (theirs.length === 0) return [];
      const best = Math.min(...theirs.map((name) => median(row, name)));
      const fraction = share === 1 ? "" : `1/${Math.round(1 / share)} of `;
      return [
        `${own <= best * share ? "✓" : "✗ missed"} ${fraction}${theirs[0]?.split(/,? /)[0] ?? ""}, is ${(own / best).toFixed(3)}`,
      ];
    })
    .join("; ");
}

function shown(row: Row, name: string): string {
  const value = median(row, name);
  if (Number.isNaN(value)) return "";
  return row.unit === "s" ? `${value < 1 ? value.toFixed(2) : value.toFixed(1)} s` : size(value);
}

function size(bytes: number): string {
  if (bytes < mib) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KiB`;
  return `${(bytes / mib).toFixed(bytes < 10 * mib ? 1 : 0)} MiB`;
}

function median(row: Row, name: string): number {
  return percentile(row.values[name] ?? [], 0.5);
}
