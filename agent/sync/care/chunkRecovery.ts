import { closeSync, readSync } from "node:fs";
import type { Digest } from "../../repository/digest.ts";
import { isProblem } from "../../repository/graph/walkSnapshot.ts";
import type { Inode } from "../../repository/inodeFormat.ts";
import type { Manifest } from "../../repository/manifest.ts";
import type { PackWriter } from "../../repository/packWriter.ts";
import type { Repository } from "../../repository/repository.ts";
import {
  readLinkShard,
  readLinkTable,
  readRuns,
  readTree,
  type TreeRef,
} from "../../repository/structureReader.ts";
import { openSnapshotFile } from "../push/smallFiles.ts";

/** Bytes of a lost chunk that a file of the snapshot has. */
interface Part {
  readonly path: string;
  readonly fileSize: number;
  /** Where they lie in the file, and in the chunk. */
  readonly offset: number;
  readonly from: number;
  readonly length: number;
}

export interface RecoveryTools {
  readonly repository: Repository;
  readonly packs: PackWriter;
  readonly signal: AbortSignal;
  readonly pace: () => Promise<void> | undefined;
}

/**
 * Puts lost chunks together again from the files of a snapshot on this disk, as its manifest says where in them they
 * are, and hands them to the writer. What the snapshot does not have in full, or has otherwise by now, is left lost.
 * @param path the read-only snapshot that the manifest was made from
 * @param lost is relieved of what was found
 * @throws ForkpointError STORE_*, CANCELLED
 */
export async function recoverChunks(
  path: string,
  manifest: Manifest,
  lost: Set<Digest>,
  tools: RecoveryTools,
): Promise<void> {
  const parts = await findParts(manifest, lost, tools);
  const root = Buffer.from(`${path}/`, "utf8").toString("latin1");
  for (const [chunk, of] of parts) {
    await tools.pace();
    const bytes = assembled(root, of);
    if (!bytes || tools.repository.sealing.nameBlob("chunk", bytes) !== chunk) continue;
    await tools.packs.add("chunk", bytes);
    lost.delete(chunk);
  }
}

async function findParts(
  manifest: Manifest,
  lost: ReadonlySet<Digest>,
  { repository, signal, pace }: RecoveryTools,
): Promise<Map<Digest, Part[]>> {
  const { blobs } = repository;
  const parts = new Map<Digest, Part[]>();
  const linked = await readOr(new Map<number, Inode>(), async () => {
    const inodes = new Map<number, Inode>();
    for (const shard of await readLinkTable(blobs, manifest.links, signal)) {
      for (const { link, inode } of await readLinkShard(blobs, shard, signal)) inodes.set(link, inode);
    }
    return inodes;
  });
  const takeFile = async (path: string, inode: Inode & { type: "file" }) => {
    let offset = 0;
    for await (const runs of readRuns(blobs, inode.content, signal)) {
      for (const { chunk, from, length } of runs) {
        if (chunk !== null && lost.has(chunk)) {
          const known = parts.get(chunk) ?? [];
          parts.set(chunk, [...known, { path, fileSize: inode.content.size, offset, from, length }]);
        }
        offset += length;
      }
    }
  };
  const { entries, bytes, linkedBytes } = manifest.counts;
  const stack: { path: string; ref: TreeRef }[] = [
    { path: "", ref: { tree: manifest.root.tree, entries, bytes: bytes - linkedBytes } },
  ];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { path, ref } = next;
    await pace();
    for (const entry of await readOr([], () => readTree(blobs, ref, signal))) {
      const inode = "link" in entry ? linked.get(entry.link) : entry.inode;
      const name = path + entry.name;
      if (inode?.type === "directory") stack.push({ path: `${name}/`, ref: inode });
      else if (inode?.type === "file") await readOr(undefined, () => takeFile(name, inode));
    }
  }
  return parts;
}

/** The chunk's bytes; null when the parts do not cover it without a gap, or are not there. */
function assembled(root: string, parts: readonly Part[]): Buffer | null {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const part of parts.toSorted((a, b) => a.from - b.from)) {
    if (part.from < at) continue;
    const bytes = part.from === at ? readPart(root, part) : null;
    if (!bytes) return null;
    pieces.push(bytes);
    at += bytes.length;
  }
  return Buffer.concat(pieces);
}

function readPart(root: string, { path, fileSize, offset, length }: Part): Buffer | null {
  let file: number;
  try {
    file = openSnapshotFile(root, path, fileSize);
  } catch {
    // Whatever is wrong with it here: this snapshot does not have the chunk.
    return null;
  }
  try {
    const bytes = Buffer.alloc(length);
    return readSync(file, bytes, 0, length, offset) === length ? bytes : null;
  } finally {
    closeSync(file);
  }
}

/** What a part of the snapshot that is damaged itself cannot tell is not known. */
async function readOr<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (isProblem(thrown)) return otherwise;
    throw thrown;
  }
}
