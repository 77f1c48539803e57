import { ForkpointError } from "../../protocol/errors.ts";
import type { BlobReader } from "../blobReader.ts";
import type { Digest } from "../digest.ts";
import type { Manifest } from "../manifest.ts";
import type { Repository } from "../repository.ts";
import type { GraphNode, SnapshotGraph } from "./snapshotGraph.ts";
import { VerifyRun, type WorkItem } from "./verifyRun.ts";
import { childrenOf, isProblem, walkSnapshot } from "./walkSnapshot.ts";

/** What is read in one go. */
const batchBytes = 8 * 1024 * 1024;
const batchBlobs = 256;
const batchesAtOnce = 2;
/** How many of the things that are wrong with a snapshot are named. */
const mostNamed = 5;

/** What came of one snapshot. */
export interface Verdict {
  readonly projectId: string;
  readonly manifestDigest: Digest;
  /** null when the manifest cannot be read. */
  readonly manifest: Manifest | null;
  /** `whole`: all of it was read and is right. `partial`: what was read is right. */
  readonly state: "whole" | "partial" | "damaged";
  /** A sentence for each of the first few things that are wrong. */
  readonly problems: readonly string[];
}

export interface Verified {
  readonly verdicts: readonly Verdict[];
  /** What is wrong with indexes, which belong to no one snapshot. */
  readonly indexProblems: readonly string[];
  /** Blobs that are not to be had, and why. */
  readonly badBlobs: readonly { readonly node: GraphNode; readonly problem: string }[];
  readonly blobs: number;
  readonly bytes: number;
  readonly slot: number;
  readonly slots: number;
}

export interface VerifyOptions {
  /** The snapshots; all when there is no project. */
  readonly projectId: string | null;
  /** 1 to read everything, N to read the next Nth of the chunks. */
  readonly slots: number;
  readonly signal: AbortSignal;
  readonly pace: () => Promise<void> | undefined;
  /** Told how many bytes there are to read, and then of each part. */
  readonly expect: (bytes: number) => void;
  readonly addBytes: (bytes: number) => void;
}

/** Reads snapshots from the store and says what is right and what is not. Changes nothing in the store. */
export class Verifier {
  readonly #repository: Repository;
  readonly #graph: SnapshotGraph;
  readonly #options: VerifyOptions;
  readonly #reader: BlobReader;
  #blobs = 0;
  #bytes = 0;

  constructor(repository: Repository, graph: SnapshotGraph, options: VerifyOptions) {
    this.#repository = repository;
    this.#graph = graph;
    this.#options = options;
    this.#reader = repository.freshReader();
  }

  /** @throws ForkpointError STORE_*, REPOSITORY_NEWER, CANCELLED; what is damaged is in the answer */
  async verify(): Promise<Verified> {
    const { projectId, slots } = this.#options;
    const run = VerifyRun.begin(this.#graph, projectId ?? "*", slots);
    const indexProblems = await this.#checkIndexes();
    const { manifests, unreadable } = await this.#readManifests();
    const walkProblems: { node: GraphNode; problem: string }[] = [];
    for (const { roots } of manifests) {
      await walkSnapshot(this.#graph, this.#reader, roots, {
        signal: this.#options.signal,
        pace: this.#options.pace,
        onProblem: (node, failure) => walkProblems.push({ node, problem: messageOf(failure) }),
      });
    }
    run.record(walkProblems);
    this.#graph.markLive(manifests.flatMap(({ roots }) => roots));
    await this.#readAll(run);
    const badBlobs = [...run.problems()];
    const verdicts = manifests.map(({ roots, ...each }): Verdict => {
      const problems = badBlobs.length === 0 ? [] : run.problemsBelow(roots, mostNamed);
      const state = problems.length > 0 ? "damaged" : run.isWhole(roots) ? "whole" : "partial";
      return { ...each, state, problems: problems.map(({ problem }) => problem) };
    });
    run.finish();
    return {
      verdicts: [...verdicts, ...unreadable],
      indexProblems,
      badBlobs,
      blobs: this.#blobs,
      bytes: this.#bytes,
      slot: run.slot,
      slots,
    };
  }

  async #checkIndexes(): Promise<string[]> {
    const { index } = this.#repository;
    const { signal, pace } = this.#options;
    const problems = new Map<Digest, string>();
    const superseded = new Set<Digest>();
    for (const id of await index.list(signal)) {
      await pace();
      try {
        for (const old of (await index.read(id, signal))?.supersedes ?? []) superseded.add(old);
      } catch (thrown) {
        if (!isProblem(thrown)) throw thrown;
        problems.set(id, messageOf(thrown));
      }
    }
    for (const id of superseded) problems.delete(id);
    // Without its damaged indexes the store holds what the others say.
    if (problems.size === 0) await index.refresh(signal);
    return [...problems.values()];
  }

  async #readManifests() {
    const { projectId, signal, pace } = this.#options;
    const manifests: { projectId: string; manifestDigest: Digest; manifest: Manifest; roots: GraphNode[] }[] =
      [];
    const unreadable: Verdict[] = [];
    for await (const { projectId: owner, id } of this.#repository.objects.manifests(signal)) {
      if (projectId !== null && owner !== projectId) continue;
      await pace();
      try {
        const manifest = await this.#repository.readManifest(owner, id, signal);
        const roots = this.#graph.roots(manifest);
        manifests.push({ projectId: owner, manifestDigest: id, manifest, roots });
      } catch (thrown) {
        if (!isProblem(thrown)) throw thrown;
        const problems = [messageOf(thrown)];
        unreadable.push({ projectId: owner, manifestDigest: id, manifest: null, state: "damaged", problems });
      }
    }
    return { manifests, unreadable };
  }

  async #readAll(run: VerifyRun): Promise<void> {
    const { signal, expect } = this.#options;
    const { index, objects } = this.#repository;
    const present = new Set<Digest>();
    for await (const { id } of objects.packs(signal)) present.add(id);
    const bytes = run.plan((node) => {
      const location = index.find(node);
      if (!location) return `The ${node.kind} ${node.id} is in no pack that is known.`;
      return present.has(location.pack) ? location : `The pack ${location.pack} is missing from the store.`;
    });
    expect(bytes);
    const batches = batched(run);
    const lane = async () => {
      for (const batch of batches) run.record(await this.#check(batch));
    };
    await Promise.all(Array.from({ length: batchesAtOnce }, lane));
  }

  async #check(batch: readonly WorkItem[]): Promise<{ node: GraphNode; problem: string | null }[]> {
    const { signal, pace, addBytes } = this.#options;
    signal.throwIfAborted();
    const nodes = batch.map(({ node }) => node);
    const found = await this.#read(nodes);
    const results: { node: GraphNode; problem: string | null }[] = [];
    for (const [at, node] of nodes.entries()) {
      await pace();
      results.push({ node, problem: problemOf(node, found[at] ?? null) });
      this.#blobs++;
      this.#bytes += batch[at]?.storedLength ?? 0;
      addBytes(batch[at]?.storedLength ?? 0);
    }
    return results;
  }

  async #read(nodes: readonly GraphNode[]): Promise<(Buffer | Error)[]> {
    const { signal } = this.#options;
    try {
      return await this.#reader.readMany(nodes, signal);
    } catch (thrown) {
      if (!isProblem(thrown)) throw thrown;
    }
    const found: (Buffer | Error)[] = [];
    for (const { kind, id } of nodes) {
      found.push(
        await this.#reader.read(kind, id, signal).catch((thrown: unknown) => {
          if (thrown instanceof ForkpointError && isProblem(thrown)) return thrown;
          throw thrown;
        }),
      );
    }
    return found;
  }
}

/** What is to be read together, in the order of the packs. */
function* batched(run: VerifyRun): Generator<WorkItem[]> {
  let batch: WorkItem[] = [];
  let bytes = 0;
  for (const item of run.work()) {
    batch.push(item);
    bytes += item.storedLength;
    if (bytes < batchBytes && batch.length < batchBlobs) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function problemOf(node: GraphNode, found: Buffer | Error | null): string | null {
  if (found === null) return `The ${node.kind} ${node.id} cannot be read.`;
  if (found instanceof Error) return messageOf(found);
  try {
    childrenOf(node, found);
    return null;
  } catch (thrown) {
    if (!isProblem(thrown)) throw thrown;
    return messageOf(thrown);
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
