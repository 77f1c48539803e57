import { execFileSync } from "node:child_process";

/** Every subvolume of a pool, as paths relative to its mount point, sorted. */
export function subvolumesOf(pool: string): string[] {
  // Deleted ones are listed no more, whether or not their space was freed yet.
  const list = execFileSync("btrfs", ["subvolume", "list", "-o", pool], { encoding: "utf8" });
  return list
    .split("\n")
    .flatMap((line) => / path (.*)$/.exec(line)?.[1] ?? [])
    .sort();
}
