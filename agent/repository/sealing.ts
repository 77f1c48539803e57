import type { BlobKind } from "./blob.ts";
import type { ByteWriter } from "./byteWriter.ts";
import type { Gear } from "./chunker.ts";
import type { Digest } from "./digest.ts";

/** What `config` says about the bytes of a repository. */
export type Encryption = "none" | "aes-256-gcm";

/**
 * How a repository names its parts and turns them into what lies in the store. There is one for plain
 * repositories and one for encrypted ones; nothing else knows which of them it has before it.
 */
export interface Sealing {
  readonly encryption: Encryption;
  /** Bytes of salt that each pack carries, in its beginning and in the index. */
  readonly saltBytes: number;

  /** What large files are cut by. */
  readonly gear: Gear;

  nameBlob(kind: BlobKind, plain: Uint8Array): Digest;
  /** The address of a manifest. */
  nameManifest(plain: Uint8Array): Digest;
  /** What stands for a project in the keys of the store; for a machine, too. */
  nameProject(projectId: string): string;
  /** The project that a name stands for; null when it is none of `nameProject`. */
  projectOf(name: string): string | null;

  /** For a pack that is about to be filled. No two packs are sealed alike. */
  newPack(): PackSealing;
  /** For a pack that was written with this salt. */
  packWith(salt: Buffer): PackSealing;

  /**
   * The bytes of an object other than a pack. The same object is sealed to the same bytes.
   * @param role what the object is; it opens as nothing else
   */
  seal(role: string, plain: Buffer): Buffer;
  /**
   * What was sealed.
   * @param object how a message calls it
   * @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER
   */
  open(role: string, object: string, sealed: Uint8Array): Buffer;
}

/** How the parts of one pack are sealed. */
export interface PackSealing {
  /** The eighth byte of the pack. */
  readonly form: number;
  readonly salt: Buffer;
  /** Bytes by which a sealed part is longer than the part. */
  readonly overhead: number;

  /**
   * Appends the sealed part.
   * @param number names the part; no number may be used twice in a pack
   * @param associated what must be known, and be the same, to open it
   */
  sealTo(writer: ByteWriter, number: number, associated: Uint8Array, part: Uint8Array): void;
  /**
   * @param object how a message calls it
   * @throws ForkpointError OBJECT_DAMAGED
   */
  open(object: string, number: number, associated: Uint8Array, sealed: Uint8Array): Uint8Array;
}

/** The roles of objects; see FORMAT.md, "Encryption". */
export const roles = {
  index: "index",
  manifest: (projectId: string) => `manifest ${projectId}`,
  ref: (projectId: string) => `ref ${projectId}`,
  keep: (machineId: string) => `keep ${machineId}`,
  gcState: "gc state",
  slotLabel: (slotId: string) => `label ${slotId}`,
} as const;
