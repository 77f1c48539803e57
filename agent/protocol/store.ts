import { z } from "zod";
import { Cause } from "./entry.ts";

/** How the store is tidied by itself. */
export const StoreTidying = z.object({
  /** Between two times; null when only somebody who asks for it has it done. */
  everyHours: z.number().nullable(),
  /** When it is done next, at the earliest; null for never, or as soon as nothing else is done. */
  nextAt: z.string().nullable(),
  /** The last run, whoever asked for it; `problem` when it failed. */
  last: z
    .object({
      at: z.string(),
      problem: z.string().nullable(),
      deletedBytes: z.number(),
      condemnedPacks: z.number(),
    })
    .nullable(),
});
export type StoreTidying = z.infer<typeof StoreTidying>;

export const Store = z.object({
  /** Without credentials. */
  url: z.string(),
  /** `locked`: it is encrypted, and its passphrase or key file is needed. */
  state: z.enum(["unchecked", "ok", "unreachable", "denied", "missing", "read-only", "locked"]),
  /** Whether what is in it can be read with its passphrase or key file alone. */
  encrypted: z.boolean(),
  /** Whether it honours conditional writes; null until probed. If not, one machine only may write. */
  conditionalWrites: z.boolean().nullable(),
  checkedAt: z.string().nullable(),
  message: z.string().nullable(),
  /** Whether snapshots wait on this disk until somebody resumes the pushing. */
  paused: z.boolean(),
  /** Bytes a second at most for all that is sent, and for all that is fetched; null for as many as there are. */
  limits: z.object({ upload: z.number().nullable(), download: z.number().nullable() }),
  tidying: StoreTidying,
});
export type Store = z.infer<typeof Store>;

/** What opens an encrypted store. The key file's 32 bytes are in base64. */
export const Secret = z.union([
  z.strictObject({ passphrase: z.string().min(1).max(1024) }),
  z.strictObject({ keyFile: z.base64().length(44) }),
]);
export type Secret = z.infer<typeof Secret>;

/** One of the ways to open an encrypted store. */
export const StoreKey = z.object({
  keyId: z.string(),
  kind: z.enum(["passphrase", "keyFile"]),
  label: z.string(),
  createdAt: z.string(),
});
export type StoreKey = z.infer<typeof StoreKey>;

/** What can be rebuilt from the store. */
export const RemoteProject = z.object({
  projectId: z.string(),
  slug: z.string(),
  headManifest: z.string(),
  updatedAt: z.string(),
  snapshots: z.array(
    z.object({
      snapshotId: z.string(),
      manifestDigest: z.string(),
      createdAt: z.string(),
      label: z.string().nullable(),
      cause: Cause,
    }),
  ),
});
export type RemoteProject = z.infer<typeof RemoteProject>;
