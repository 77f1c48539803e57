import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { BlobStore } from "../blobstore/blobStore.ts";
import { missing } from "./digest.ts";
import { openSealed, sealObject } from "./jsonObject.ts";
import { objectKeys } from "./objectKeys.ts";

/** FORMAT.md, "Config": what every reader must know before it reads anything else. */
export const RepositoryConfig = z.strictObject({
  format: z.literal(1),
  /** 32 hexadecimal digits, chosen at random when the repository was made. */
  repositoryId: z.string().regex(/^[0-9a-f]{32}$/),
  /** How objects are named. */
  hash: z.literal("sha256"),
  encryption: z.literal("none"),
});
export type RepositoryConfig = z.infer<typeof RepositoryConfig>;

/** null when the store holds no repository. @throws ForkpointError REPOSITORY_NEWER, OBJECT_DAMAGED */
export async function readConfig(store: BlobStore, signal: AbortSignal): Promise<RepositoryConfig | null> {
  const found = await store.get(objectKeys.config, { signal });
  return found && openSealed("config", found.bytes, RepositoryConfig);
}

/** Reads the configuration, or makes a repository where there is none; of several makers one wins. */
export async function ensureConfig(
  store: BlobStore,
  options: { signal: AbortSignal; conditional: boolean },
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
  const config: RepositoryConfig = {
    format: 1,
    repositoryId: randomBytes(16).toString("hex"),
    hash: "sha256",
    encryption: "none",
  };
  await store.put(objectKeys.config, sealObject(config), {
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
