import type { OpenMode } from "../../agent/repository/unlock.ts";

/** A repository as a suite makes and opens it. */
export interface RepositoryKind {
  /** With its article. */
  readonly name: string;
  readonly mode: Pick<OpenMode, "secret"> & { readonly make: "plain" | "encrypted" };
}

/** A key file's bytes: it opens at once, where a passphrase is made to take its time. */
export const testKey = { kind: "keyFile", key: Buffer.alloc(32, "forkpoint's test") } as const;

/** What every suite that reads and writes repositories runs over. */
export const repositoryKinds: readonly RepositoryKind[] = [
  { name: "a plain repository", mode: { make: "plain" } },
  { name: "an encrypted repository", mode: { make: "encrypted", secret: testKey } },
];
