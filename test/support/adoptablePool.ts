import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { asRoot } from "./asRoot.ts";

/** What somebody with rights mounts for a person who has none. */
const mountOptions = "loop,compress=zstd:1,noatime,user_subvol_rm_allowed,nosuid,nodev";

/**
 * Makes a btrfs file system of `mib` MiB in the file `image` and mounts it at the new folder `mount`, whose root
 * belongs to `owner`, or else to this process's user.
 * @returns `mount`
 */
export function adoptablePool(
  image: string,
  mib: number,
  mount: string,
  owner: { readonly uid: number; readonly gid: number } = userInfo(),
): string {
  writeFileSync(image, "", { flag: "wx" });
  truncateSync(image, mib * 2 ** 20);
  mkdirSync(mount);
  asRoot("mkfs.btrfs", ["--quiet", "--", image]);
  asRoot("mount", ["-t", "btrfs", "-o", mountOptions, "--", image, mount]);
  asRoot("chown", [`${owner.uid}:${owner.gid}`, "--", mount]);
  asRoot("chmod", ["0700", "--", mount]);
  return mount;
}
