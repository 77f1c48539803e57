/** A point in time as the kernel keeps it: seconds since 1970 and nanoseconds within the second. */
export interface Timespec {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * The commands of a btrfs send stream, version 1 (linux/fs/btrfs/send.h). Paths are relative to the
 * subvolume, as bytes. Offsets, sizes and inode numbers are checked to be safe integers.
 */
export type StreamCommand =
  | { readonly kind: "subvol"; readonly path: Buffer; readonly uuid: Buffer; readonly ctransid: bigint }
  | {
      readonly kind: "snapshot";
      readonly path: Buffer;
      readonly uuid: Buffer;
      readonly ctransid: bigint;
      readonly cloneUuid: Buffer;
      readonly cloneCtransid: bigint;
    }
  | { readonly kind: "mkfile" | "mkdir"; readonly path: Buffer; readonly inode: number }
  | {
      readonly kind: "mknod" | "mkfifo" | "mksock";
      readonly path: Buffer;
      readonly inode: number;
      /** The kernel's encoding of major and minor number. */
      readonly rdev: bigint;
      /** Type and permission bits. */
      readonly mode: number;
    }
  | { readonly kind: "symlink"; readonly path: Buffer; readonly inode: number; readonly target: Buffer }
  | { readonly kind: "rename"; readonly path: Buffer; readonly to: Buffer }
  /** Makes `path` another name of `target`. */
  | { readonly kind: "link"; readonly path: Buffer; readonly target: Buffer }
  | { readonly kind: "unlink" | "rmdir"; readonly path: Buffer }
  | { readonly kind: "setXattr"; readonly path: Buffer; readonly name: Buffer; readonly data: Buffer }
  | { readonly kind: "removeXattr"; readonly path: Buffer; readonly name: Buffer }
  | { readonly kind: "write"; readonly path: Buffer; readonly offset: number; readonly data: Uint8Array }
  | {
      readonly kind: "clone";
      readonly path: Buffer;
      readonly offset: number;
      readonly length: number;
      readonly cloneUuid: Buffer;
      readonly cloneCtransid: bigint;
      readonly clonePath: Buffer;
      readonly cloneOffset: number;
    }
  | { readonly kind: "truncate"; readonly path: Buffer; readonly size: number }
  /** Permission bits only. */
  | { readonly kind: "chmod"; readonly path: Buffer; readonly mode: number }
  | { readonly kind: "chown"; readonly path: Buffer; readonly uid: number; readonly gid: number }
  | {
      readonly kind: "utimes";
      readonly path: Buffer;
      readonly atime: Timespec;
      readonly mtime: Timespec;
      readonly ctime: Timespec;
    }
  /** With `send --no-data`: these bytes differ. */
  | { readonly kind: "updateExtent"; readonly path: Buffer; readonly offset: number; readonly length: number }
  | { readonly kind: "end" };

export const streamMagic = Buffer.from("btrfs-stream\0", "latin1");
export const streamVersion = 1;

/** Bytes before a command's attributes: u32 length, u16 command, u32 CRC32C, little-endian. */
export const headerBytes = 10;

export const commandCodes = {
  subvol: 1,
  snapshot: 2,
  mkfile: 3,
  mkdir: 4,
  mknod: 5,
  mkfifo: 6,
  mksock: 7,
  symlink: 8,
  rename: 9,
  link: 10,
  unlink: 11,
  rmdir: 12,
  setXattr: 13,
  removeXattr: 14,
  write: 15,
  clone: 16,
  truncate: 17,
  chmod: 18,
  chown: 19,
  utimes: 20,
  end: 21,
  updateExtent: 22,
} as const satisfies Record<StreamCommand["kind"], number>;

export const attributeCodes = {
  uuid: 1,
  ctransid: 2,
  inode: 3,
  size: 4,
  mode: 5,
  uid: 6,
  gid: 7,
  rdev: 8,
  ctime: 9,
  mtime: 10,
  atime: 11,
  xattrName: 13,
  xattrData: 14,
  path: 15,
  pathTo: 16,
  pathLink: 17,
  fileOffset: 18,
  data: 19,
  cloneUuid: 20,
  cloneCtransid: 21,
  clonePath: 22,
  cloneOffset: 23,
  cloneLength: 24,
} as const;
export type Attribute = keyof typeof attributeCodes;
