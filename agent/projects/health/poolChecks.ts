import { statfs } from "node:fs/promises";
import type { Check } from "../../protocol/health.ts";
import type { Pool } from "../../protocol/pool.ts";
import { shellWords } from "../../protocol/shellWords.ts";
import { bad, ok } from "./checks.ts";
import { isLowOnSpace, isMetadataFull } from "./health.ts";

const gib = 2 ** 30;

export const noPool = bad(
  "pools",
  "There is no pool on this machine.",
  "Make one with `forkpoint pool create --image FILE --size 20G`.",
);

/** How a pool is, and whether there is room for its file to grow as large as it may. */
export async function checkPool(pool: Pool): Promise<Check[]> {
  return [checkState(pool), ...(await checkGround(pool))];
}

function checkState(pool: Pool): Check {
  const name = `pool ${pool.path}`;
  if (pool.state === "missing") {
    return bad(
      name,
      "The pool cannot be found.",
      `Bring back ${pool.image ?? pool.path} and start the agent again.`,
    );
  }
  if (pool.state === "unmounted") {
    return bad(name, "The pool is not mounted.", "Mount it, or start the agent again and look at its log.");
  }
  if ((pool.deviceErrors ?? 0) > 0) {
    return bad(
      name,
      `The disk reported ${pool.deviceErrors} errors.`,
      "Copy what matters elsewhere and run `btrfs scrub` on the pool.",
    );
  }
  if (pool.state === "read-only") {
    return bad(name, "The pool refuses to write.", "Look at `dmesg`; mount it for writing again.");
  }
  if (isMetadataFull(pool)) {
    return bad(
      name,
      `The pool has used ${Math.round((pool.metadataUsedRatio ?? 0) * 100)} % of its room for metadata.`,
      `Run \`${shellWords(["sudo", "btrfs", "balance", "start", "-dusage=25", pool.path])}\`, or delete snapshots.`,
    );
  }
  const free = `${gibText(pool.freeBytes ?? 0)} free`;
  if (isLowOnSpace(pool)) {
    const grow = pool.image === null ? "" : ", or let it grow with `forkpoint pool grow`";
    return bad(
      name,
      `The pool is almost full: ${free}.`,
      `Delete snapshots with \`forkpoint delete\`, or forks${grow}.`,
    );
  }
  return ok(name, `Mounted, ${free}.`);
}

/** A pool's file takes room only as it is written; what the pool calls free may not be there. */
async function checkGround({ path, image, state, freeBytes }: Pool): Promise<Check[]> {
  if (image === null || state !== "mounted" || freeBytes === null) return [];
  const { bavail, bsize } = await statfs(image);
  const left = bavail * bsize;
  if (left >= Math.min(freeBytes, gib)) return [];
  return [
    bad(
      `disk below ${path}`,
      `The disk on which ${image} lies has ${gibText(left)} left, less than the pool counts on.`,
      "Free space on that disk, before the pool cannot write any more.",
    ),
  ];
}

function gibText(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
