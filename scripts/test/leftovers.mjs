import { rmSync } from "node:fs";
import { loopDevicesBelow, mountsBelow, processesWith, send } from "../machine.mjs";
import { ask } from "../programs.mjs";

/**
 * What a test run has left on the machine: processes that carry its mark in their environment, mounts and
 * loop devices below its folder. Removes them, so that the next run starts clean.
 * @param {{folder: string, mark: string}} run `mark` is the NAME=value that every process of the run inherits
 * @returns {string[]} a line for each thing that was left
 */
export function removeLeftovers({ folder, mark }) {
  const found = [];
  // Programs first: they keep mounts busy. Then mounts, innermost first, then the devices below them.
  for (const { pid, command } of processesWith(mark)) {
    send(pid, "SIGKILL");
    found.push(`process ${pid}: ${command.slice(0, 200)}`);
  }
  for (const path of mountsBelow(folder)) {
    if (!ask("umount", [path]).ok) ask("umount", ["--lazy", path]);
    found.push(`mount ${path}`);
  }
  for (const device of loopDevicesBelow(folder)) {
    ask("losetup", ["--detach", device]);
    found.push(`loop device ${device}`);
  }
  rmSync(folder, { recursive: true, force: true });
  return found;
}
