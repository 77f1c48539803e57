import { createHmac } from "node:crypto";
import { z } from "zod";
import type { BlobStore } from "../blobstore/blobStore.ts";
import { missing } from "./digest.ts";
import { openSealed, sealObject } from "./jsonObject.ts";
import type { MasterKey } from "./masterKey.ts";
import { objectKeys } from "./objectKeys.ts";

const common = {
  format: z.literal(1),
  /** 32 hexadecimal digits, chosen at random when the repository was made. */
  repositoryId: z.string().regex(/^[0-9a-f]{32}$/),
};

/** FORMAT.md, "Config": what every reader must know before it reads anything else. */
export const RepositoryConfig = z.discriminatedUnion("encryption", [
  z.strictObject({ ...common, hash: z.literal("sha256"), encryption: z.literal("none") }),
  z.strictObject({
    ...common,
    hash: z.literal("hmac-sha256"),
    encryption: z.literal("aes-256-gcm"),
    /** Proves the other fields to whoever has the master key. */
    authentication: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type RepositoryConfig = z.infer<typeof RepositoryConfig>;

export function plainConfig(repositoryId: string): RepositoryConfig {
  return { format: 1, repositoryId, hash: "sha256", encryption: "none" };
}

export function encryptedConfig(repositoryId: string, master: MasterKey): RepositoryConfig {
  const fields = { format: 1, repositoryId, hash: "hmac-sha256", encryption: "aes-256-gcm" } as const;
  const key = master.derive(repositoryId, "config");
  const authentication = createHmac("sha256", key).update(JSON.stringify(fields)).digest("hex");
  return { ...fields, authentication };
}

/** null when the store holds no repository. @throws ForkpointError REPOSITORY_NEWER, OBJECT_DAMAGED */
export async function readConfig(store: BlobStore, signal: AbortSignal): Promise<RepositoryConfig | null> {
  const found = await store.get(objectKeys.config, { signal });
  return found && openSealed("config", found.bytes, RepositoryConfig);
}

/**
 * Reads the configuration, or makes a repository where there is none; of several makers one wins.
 * @param make gives the configuration of a new repository, once all that it needs is in the store
 */
export async function ensureConfig(
  store: BlobStore,
  options: { signal: AbortSignal; conditional: boolean },
  make: () => Promise<RepositoryConfig> | RepositoryConfig,
): Promise<RepositoryConfig> {
  const { signal, conditional } = options;
  const existing = await readConfig(store, signal);
  if (existing) return existing;
  if (await holdsObjects(store, signal)) {
    // Another maker may have been faster; otherwise the configuration of a used repository was lost.
    const raced = await readConfig(store, signal);
    if (!raced) throw missing("config");
    return raced;
  }
  await store.put(objectKeys.config, sealObject(await make()), {
    signal,
    ...(conditional ? { condition: { kind: "absent" } } : {}),
  });
  const made = await readConfig(store, signal);
  if (!made) throw missing("config");
  return made;
}

async function holdsObjects(store: BlobStore, signal: AbortSignal): Promise<boolean> {
  for (const prefix of [objectKeys.refs, objectKeys.indexes]) {
    for await (const object of store.list(prefix, { signal })) return object.key.length > 0;
  }
  return false;
}
