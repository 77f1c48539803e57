import type { BlobStore } from "../../agent/blobstore/blobStore.ts";
import { systemClock } from "../../agent/host/clock.ts";
import type { Sealing } from "../../agent/repository/sealing.ts";
import { type OpenMode, unlockRepository } from "../../agent/repository/unlock.ts";
import type { StoreChoice } from "../../agent/sync/store/storeKeeper.ts";

/** A repository as a suite makes and opens it. */
export interface RepositoryKind {
  /** With its article. */
  readonly name: string;
  readonly mode: Pick<OpenMode, "secret"> & { readonly make: "plain" | "encrypted" };
  /** What a machine sets its store with; it opens it by itself later on. */
  readonly choice: Omit<StoreChoice, "url">;
}

/** A key file's bytes: it opens at once, where a passphrase is made to take its time. */
export const testKey = { kind: "keyFile", key: Buffer.alloc(32, "forkpoint's test") } as const;

export const plainKind: RepositoryKind = {
  name: "a plain repository",
  mode: { make: "plain" },
  choice: {},
};

export const encryptedKind: RepositoryKind = {
  name: "an encrypted repository",
  mode: { make: "encrypted", secret: testKey },
  choice: { secret: { keyFile: testKey.key.toString("base64") }, remember: true },
};

/** What every suite that reads and writes repositories runs over. */
export const repositoryKinds: readonly RepositoryKind[] = [plainKind, encryptedKind];

/** How the repository that is in the store names and seals things. */
export async function sealingOf({ mode }: RepositoryKind, store: BlobStore): Promise<Sealing> {
  const place = { store, clock: systemClock, conditionalWrites: true };
  const { signal } = new AbortController();
  return (await unlockRepository(place, { ...mode, make: null, signal })).sealing;
}
