import { closeSync, constants, fstatSync, openSync, readFileSync, type BigIntStats } from "node:fs";
import { basename, dirname } from "node:path";
import { ForkpointError } from "../protocol/errors.ts";
import { isWithin, readMounts, type Mount } from "../volumes/mountTable.ts";
import { HeldFolder } from "./heldFolder.ts";

/** Opens nothing, but holds what is there: no device is touched and no FIFO waits. Not in node:fs. */
const O_PATH = 0o10000000;
const { O_RDWR, O_RDONLY, O_NOFOLLOW } = constants;

/**
 * Local file systems whose content and owners nobody but this machine's root decides. On others (FUSE, network)
 * a file could be root's by what its server says, and change while it is mounted.
 */
const trustedTypes = new Set([
  ...["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "tmpfs", "overlay"],
]);

/**
 * Tells an image from every other file that has its place or number later: the device is left out, since
 * its number may be another after each start of the machine. Only root can make a file that is root's.
 */
export interface ImageIdentity {
  readonly inode: string;
  /** Nanoseconds since 1970. */
  readonly born: string;
}

export function identityOf(stat: BigIntStats): ImageIdentity {
  return { inode: String(stat.ino), born: String(stat.birthtimeNs) };
}

export function isSameImage(one: ImageIdentity, other: ImageIdentity): boolean {
  return one.inode === other.inode && one.born === other.born;
}

/** The folder of an image, held. @throws ForkpointError IMAGE_REFUSED unless it is the caller's own */
export function openFolderOf(image: string, uid: number): HeldFolder {
  const folder = tryTo(() => HeldFolder.at(dirname(image)));
  // One answer for all reasons: it must not tell what there is in folders that the caller cannot look into.
  if (!folder || folder.stat().uid !== BigInt(uid)) {
    throw new ForkpointError(
      "IMAGE_REFUSED",
      `${dirname(image)} is not a folder of yours, reached without links.`,
    );
  }
  return folder;
}

/** What a path without links leads to, held and not opened; null when it leads to nothing. */
export function holdFile(image: string): number | null {
  const folder = tryTo(() => HeldFolder.at(dirname(image)));
  if (!folder) return null;
  try {
    return tryTo(() => openSync(folder.pathOf(basename(image)), O_PATH | O_NOFOLLOW));
  } finally {
    folder.close();
  }
}

/** As `holdFile`, in a folder that is held. */
export function holdIn(folder: HeldFolder, name: string): number | null {
  return tryTo(() => openSync(folder.pathOf(name), O_PATH | O_NOFOLLOW));
}

/** Opens for reading and writing what is held. */
export function openHeld(held: number, access: "read" | "write"): number {
  return openSync(`/proc/self/fd/${held}`, access === "write" ? O_RDWR : O_RDONLY);
}

/** Whether a held file is a pool's image as this helper makes them: root's alone, with one name, and readable only. */
export function isImage(held: number): boolean {
  const stat = fstatSync(held, { bigint: true });
  return stat.isFile() && stat.uid === 0n && (stat.mode & 0o7777n) === 0o400n && stat.nlink === 1n;
}

/**
 * Refuses an image that lies on a file system whose content somebody else decides, or inside a pool, where a
 * received stream makes files of any owner.
 * @throws ForkpointError IMAGE_REFUSED
 */
export function checkPlace(held: number, image: string, pools: string): void {
  const mount = mountOf(held);
  if (!mount || !trustedTypes.has(mount.type) || isWithin(mount.path, pools)) {
    throw new ForkpointError(
      "IMAGE_REFUSED",
      `${image} lies on a file system that is not trusted with pools (${mount?.type ?? "unknown"} at ${mount?.path ?? "no mount"}).`,
    );
  }
}

/** Opens the image of a pool for `access` when it is where the registry says; null when not. */
export function openImage(
  { image, inode, born }: ImageIdentity & { image: string },
  pools: string,
  access: "read" | "write",
): number | null {
  const held = holdFile(image);
  if (held === null) return null;
  try {
    const isOurs =
      isImage(held) && isSameImage(identityOf(fstatSync(held, { bigint: true })), { inode, born });
    if (!isOurs) return null;
    checkPlace(held, image, pools);
    return openHeld(held, access);
  } finally {
    closeSync(held);
  }
}

/** The mount a held file lies on: by its number, since a path could be replaced meanwhile. */
function mountOf(held: number): Mount | undefined {
  const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${held}`, "utf8"))?.[1];
  return readMounts().find((mount) => mount.id === Number(id));
}

function tryTo<T>(opening: () => T): T | null {
  try {
    return opening();
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG", "ENXIO"].includes(code)) return null;
    throw thrown;
  }
}
