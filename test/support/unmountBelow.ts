import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Unmounts everything that is mounted below a folder, innermost first, and frees the loop devices. */
export function unmountBelow(folder: string): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "))
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) execFileSync("umount", ["-d", path]);
}
