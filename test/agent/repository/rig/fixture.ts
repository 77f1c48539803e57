import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";

const ExpectedSnapshot = z.strictObject({
  slug: z.string(),
  projectId: z.string(),
  snapshotId: z.string(),
  manifestDigest: z.string(),
  /** As `treeFingerprint` gave it. */
  tree: z.string(),
});
export type ExpectedSnapshot = z.infer<typeof ExpectedSnapshot>;

const ExpectedFixture = z.strictObject({ snapshots: z.array(ExpectedSnapshot) });
export type ExpectedFixture = z.infer<typeof ExpectedFixture>;

/** Opens the encrypted ones, as the tests' key file does. */
export const fixturePassphrase = { passphrase: "correct horse battery staple" };

const folder = join(import.meta.dirname, "../fixtures");

/** The versions whose repositories are kept. */
export function fixtureVersions(): string[] {
  return readdirSync(folder).toSorted();
}

/** A copy of the repository that a version wrote, and what is in it. */
export function openFixture(
  version: string,
  kind: "plain" | "encrypted",
): { store: MemoryBlobStore; expected: ExpectedFixture } {
  const root = join(folder, version, kind);
  const store = new MemoryBlobStore();
  const objects = join(root, "store");
  for (const name of readdirSync(objects, { recursive: true, encoding: "utf8" })) {
    const file = join(objects, name);
    if (!statSync(file).isFile()) continue;
    const key = relative(objects, file);
    store.objects.set(key, { bytes: readFileSync(file), etag: `written by ${version}`, modifiedAt: 0 });
  }
  const expected = ExpectedFixture.parse(JSON.parse(readFileSync(join(root, "expected.json"), "utf8")));
  return { store, expected };
}
