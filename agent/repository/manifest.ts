import { z } from "zod";
import type { Entry } from "../protocol/entry.ts";
import { Lineage } from "../protocol/project.ts";
import { damaged, type Digest } from "./digest.ts";
import { type Attributes, maxXattrName } from "./inodeFormat.ts";
import { parseObject } from "./jsonObject.ts";
import type { Sealing } from "./sealing.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const id = z.string().regex(/^[0-9a-z]{1,64}$/);

/** As other entries have them: see `readAttributes`. */
function areInOrder(xattrs: readonly (readonly [string, string])[]): boolean {
  const names = xattrs.map(([name]) => Buffer.from(name, "base64").toString("latin1"));
  return names.every(
    (name, at) => name > (names[at - 1] ?? "") && name.length <= maxXattrName && !name.includes("\0"),
  );
}

/** The root directory's own attributes; xattr names and values in base64. */
const RootAttributes = z.strictObject({
  mode: z.number().int().min(0).max(0o7777),
  uid: count.max(0xffffffff),
  gid: count.max(0xffffffff),
  mtime: z.strictObject({ seconds: z.number().int(), nanoseconds: count.max(999_999_999) }),
  xattrs: z
    .array(z.tuple([z.base64(), z.base64()]))
    .refine(areInOrder, "an attribute's name is not valid or not in order"),
});

const StoredCause = z.enum(["manual", "timer", "guard", "restore", "fork", "import", "pull"]);

/**
 * The cause as a manifest has it: the timeline's own causes came after the format, and their acts stay here. A label makes it
 * what an assistant asked for, and no side of its turn.
 */
export function storedCause({ cause, label }: Pick<Entry, "cause" | "label">): z.infer<typeof StoredCause> {
  const stored = StoredCause.safeParse(cause);
  if (stored.success) return stored.data;
  return cause === "assistant" && label !== null ? "manual" : "timer";
}

/** FORMAT.md, "Manifests": the immutable record of one snapshot. */
export const Manifest = z.strictObject({
  format: z.literal(1),
  projectId: id,
  slug: z.string().max(63),
  snapshotId: id,
  parentSnapshotId: id.nullable(),
  parentManifest: digest.nullable(),
  cause: StoredCause,
  label: z.string().max(200).nullable(),
  author: z.string().max(200),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  forkedFrom: Lineage.nullable(),
  root: z.strictObject({ tree: digest, attributes: RootAttributes }),
  /** The table of hard links; null when there are none. */
  links: digest.nullable(),
  counts: z.strictObject({
    /** Names in the whole tree. */
    entries: count,
    /** Sizes of all files, a hard-linked one counted once. */
    bytes: count,
    /** The part of `bytes` that hard-linked files have. */
    linkedBytes: count,
  }),
  /** Makes the name of a manifest its own once the repository is collected: see FORMAT.md, "Garbage". */
  nonce: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** The one encoding of a manifest, and its address. */
export function encodeManifest(manifest: Manifest, sealing: Sealing): { bytes: Buffer; digest: Digest } {
  const bytes = Buffer.from(JSON.stringify(Manifest.parse(manifest)), "utf8");
  return { bytes, digest: sealing.nameManifest(bytes) };
}

/**
 * @param bytes as `encodeManifest` gave them
 * @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER
 */
export function decodeManifest(address: Digest, bytes: Uint8Array, sealing: Sealing): Manifest {
  const object = `manifest ${address}`;
  if (sealing.nameManifest(bytes) !== address) throw damaged(object, "its bytes do not match its name");
  return parseObject(object, bytes, Manifest);
}

export function rootAttributes(attributes: Attributes): Manifest["root"]["attributes"] {
  const { mode, uid, gid, mtime } = attributes;
  const xattrs = attributes.xattrs.map(({ name, value }): [string, string] => [
    Buffer.from(name, "latin1").toString("base64"),
    value.toString("base64"),
  ]);
  return { mode, uid, gid, mtime: { seconds: mtime.seconds, nanoseconds: mtime.nanoseconds }, xattrs };
}

export function attributesOfRoot({ root }: Manifest): Attributes {
  return {
    ...root.attributes,
    xattrs: root.attributes.xattrs.map(([name, value]) => ({
      name: Buffer.from(name, "base64").toString("latin1"),
      value: Buffer.from(value, "base64"),
    })),
  };
}
