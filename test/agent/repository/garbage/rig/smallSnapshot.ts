import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { digestOf, type Digest } from "../../../../../agent/repository/digest.ts";
import type { PushFence } from "../../../../../agent/repository/garbage/pushFence.ts";
import type { Attributes } from "../../../../../agent/repository/inodeFormat.ts";
import { rootAttributes, type Manifest } from "../../../../../agent/repository/manifest.ts";
import type { PackWriter } from "../../../../../agent/repository/packWriter.ts";
import type { Repository } from "../../../../../agent/repository/repository.ts";
import { readRuns, readTree } from "../../../../../agent/repository/structureReader.ts";
import { encodeTree, type TreeEntry, treeTotals } from "../../../../../agent/repository/treeFormat.ts";

/** Folders with files in them; the bytes of each. */
export type Folders = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

const attributes: Attributes = {
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: { seconds: 0, nanoseconds: 0 },
  xattrs: [],
};

export interface BuiltOn {
  readonly projectId: string;
  readonly manifestDigest: Digest;
  readonly folders: Folders;
}

/**
 * Stores folders as a push does: what did not change since the base is taken over without a look at it.
 */
export async function buildSmall(
  repository: Repository,
  record: Pick<Manifest, "projectId" | "slug" | "snapshotId" | "createdAt">,
  folders: Folders,
  base: BuiltOn | null,
  packs: PackWriter,
  fence: PushFence,
  signal: AbortSignal,
): Promise<Manifest> {
  const kept = base && !fence.isCondemned(base.projectId, base.manifestDigest) ? base : null;
  const before = kept ? await baseTrees(repository, kept, signal) : null;
  const root: TreeEntry[] = [];
  for (const [name, files] of [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const known = before?.get(name);
    if (known && equal(files, kept?.folders.get(name))) {
      root.push(known);
      continue;
    }
    const entries: TreeEntry[] = [];
    for (const [file, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const chunk = await packs.add("chunk", bytes);
      const content = { size: bytes.length, parts: { segments: [{ length: bytes.length, chunk }] } };
      entries.push({ name: file, inode: { ...attributes, type: "file", content } });
    }
    const tree = await packs.add("tree", encodeTree(entries));
    root.push({ name, inode: { ...attributes, type: "directory", tree, ...treeTotals(entries) } });
  }
  const tree = await packs.add("tree", encodeTree(root));
  const totals = treeTotals(root);
  return {
    format: 1,
    ...record,
    parentSnapshotId: null,
    parentManifest: null,
    cause: "manual",
    label: null,
    author: "ada",
    forkedFrom: null,
    root: { tree, attributes: rootAttributes(attributes) },
    links: null,
    counts: { ...totals, linkedBytes: 0 },
    ...(fence.needsNonce ? { nonce: randomBytes(8).toString("hex") } : {}),
  };
}

async function baseTrees(repository: Repository, base: BuiltOn, signal: AbortSignal) {
  const manifest = await repository
    .readManifest(base.projectId, base.manifestDigest, signal)
    .catch(() => null);
  if (!manifest) return null;
  const { entries, bytes } = manifest.counts;
  const found = await readTree(repository.blobs, { tree: manifest.root.tree, entries, bytes }, signal);
  return new Map(found.map((entry) => [entry.name, entry]));
}

function equal(one: ReadonlyMap<string, Buffer>, other: ReadonlyMap<string, Buffer> | undefined): boolean {
  if (one.size !== other?.size) return false;
  return [...one].every(([name, bytes]) => other.get(name)?.equals(bytes));
}

/** Reads a snapshot back to the last byte and holds it to what was stored. */
export async function assertRestores(
  repository: Repository,
  projectId: string,
  manifestDigest: Digest,
  folders: Folders,
  signal: AbortSignal,
): Promise<void> {
  const { root, counts } = await repository.readManifest(projectId, manifestDigest, signal);
  const { entries, bytes } = counts;
  const found = new Map<string, string>();
  for (const folder of await readTree(repository.blobs, { tree: root.tree, entries, bytes }, signal)) {
    assert.ok("inode" in folder && folder.inode.type === "directory");
    for (const file of await readTree(repository.blobs, folder.inode, signal)) {
      assert.ok("inode" in file && file.inode.type === "file");
      const parts: Buffer[] = [];
      for await (const segments of readRuns(repository.blobs, file.inode.content, signal)) {
        for (const { chunk } of segments) {
          if (chunk !== null) parts.push(await repository.blobs.read("chunk", chunk, signal));
        }
      }
      found.set(`${folder.name}/${file.name}`, digestOf(Buffer.concat(parts)));
    }
  }
  const wanted = [...folders].flatMap(([folder, files]) =>
    [...files].map(([file, content]) => [`${folder}/${file}`, digestOf(content)] as const),
  );
  assert.deepEqual(new Map([...found].toSorted()), new Map(wanted.toSorted()));
}
