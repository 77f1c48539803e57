import { loopDevicesBelow, mountsBelow } from "../../scripts/machine.mjs";
import { asRoot } from "./asRoot.ts";

/**
 * Unmounts everything that is mounted below a folder or from an image file in it, innermost first, and frees
 * the loop devices.
 */
export function unmountBelow(folder: string): void {
  for (const path of mountsBelow(folder)) asRoot("umount", ["-d", path]);
  for (const device of loopDevicesBelow(folder)) asRoot("losetup", ["--detach", device]);
}
