import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { coldCache, measuredPipeline } from "./measured.ts";
import type { Row } from "./scenario.ts";

/**
 * Ways to get a snapshot's bytes off a pool that compresses: what each takes without doing anything with them, and
 * how much comes. `snapshot` is read-only.
 */
const ways = {
  "send --no-data, then read": 'btrfs send -q --no-data "$1"; find "$1" -type f -print0 | xargs -0 cat',
  "send, protocol 1": 'btrfs send -q "$1"',
  "send, protocol 2, extents as they are": 'btrfs send -q --proto 2 --compressed-data "$1"',
} as const;

export async function benchStreams(scenario: string, folder: string, snapshots: string): Promise<Row[]> {
  const snapshot = join(snapshots, "streamed");
  execFileSync("btrfs", ["subvolume", "snapshot", "-r", folder, snapshot], { stdio: "ignore" });
  try {
    const read: Record<string, number[]> = {};
    const compressed: Record<string, number[]> = {};
    const bytes: Record<string, number[]> = {};
    for (const [name, way] of Object.entries(ways)) {
      await coldCache();
      read[name] = [(await measuredPipeline(`{ ${way}; } > /dev/null`, [snapshot])).seconds];
      await coldCache();
      compressed[name] = [
        (await measuredPipeline(`{ ${way}; } | zstd -q -1 -T0 > /dev/null`, [snapshot])).seconds,
      ];
      const counted = execFileSync("bash", ["-c", `{ ${way}; } | wc -c`, "count", snapshot], {
        encoding: "utf8",
      });
      bytes[name] = [Number(counted)];
    }
    return [
      { scenario, step: "read", unit: "s", values: read },
      { scenario, step: "read and compress by zstd -1", unit: "s", values: compressed },
      { scenario, step: "bytes read", unit: "bytes", values: bytes },
    ];
  } finally {
    execFileSync("btrfs", ["subvolume", "delete", snapshot], { stdio: "ignore" });
  }
}
