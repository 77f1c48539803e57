import { execFileSync } from "node:child_process";

/** Whether a subvolume refuses to be written to. */
export function isReadOnly(subvolume: string): boolean {
  return execFileSync("btrfs", ["property", "get", "-ts", subvolume, "ro"], { encoding: "utf8" }).includes(
    "ro=true",
  );
}
