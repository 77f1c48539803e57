import { readdirSync, rmdirSync } from "node:fs";
import { isVolume } from "./mountedPool.ts";
import type { HeldFolder } from "./heldFolder.ts";
import { run } from "./programs.ts";
import { sandboxed } from "./sandbox.ts";

const shown = { descriptor: 3, at: "/pool", writable: true };

/**
 * Removes a folder of root's in a pool, with the volumes in it. What is there by that name and not root's is
 * left alone.
 */
export async function removeStaging(parent: HeldFolder, name: string): Promise<void> {
  const found = parent.find(name);
  if (!found?.isDirectory() || found.uid !== 0n) return;
  const staging = parent.enter(name);
  try {
    if (staging.stat().uid !== 0n) return;
    await removeVolumes(staging);
    if (readdirSync(`/proc/self/fd/${staging.fd}`).length > 0) {
      const command = ["find", "/pool", "-xdev", "-mindepth", "1", "-delete"];
      await run(...sandboxed([shown], command), [staging.fd]);
    }
  } finally {
    staging.close();
  }
  rmdirSync(parent.pathOf(name));
}

async function removeVolumes(staging: HeldFolder): Promise<void> {
  for (const name of readdirSync(`/proc/self/fd/${staging.fd}`, { encoding: "buffer" })) {
    if (!isVolume(staging, name)) continue;
    const command = ["btrfs", "subvolume", "delete", `/pool/${name.toString("utf8")}`];
    await run(...sandboxed([shown], command), [staging.fd]);
  }
}
