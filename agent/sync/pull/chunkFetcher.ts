import { freeBuffer } from "../../host/freeBuffer.ts";
import type { StreamCommand } from "../../volumes/sendStream/commands.ts";
import { damaged } from "../../repository/digest.ts";
import type { Repository } from "../../repository/repository.ts";
import type { ChunkWrite, PlanStep } from "./snapshotPlan.ts";
import type { TransferMeter } from "../transferMeter.ts";

/** What is fetched in one go: bytes of files, and steps of the plan. */
const batchBytes = 2 * 1024 * 1024;
const batchSteps = 5000;
const batchesAhead = 5;

/** Runs of zeros of at least this length, at multiples of it, are left out, so sparse files stay sparse. */
const zeroRunBytes = 16 * 1024;
const zeros = Buffer.alloc(zeroRunBytes);

/**
 * Fills the bytes into a plan, in order, fetching some way ahead. Memory is bounded by the batches under
 * way, whatever the size of the files. The bytes of a command are there until the next one is asked for.
 */
export async function* fetchChunks(
  repository: Repository,
  plan: AsyncIterable<PlanStep> | Iterable<PlanStep>,
  meter: TransferMeter,
  signal: AbortSignal,
): AsyncGenerator<StreamCommand> {
  for await (const { steps, chunks } of ahead(repository, plan, signal)) {
    for (const step of steps) {
      if (step.kind !== "chunk") {
        yield step;
        continue;
      }
      const bytes = chunks.get(step.chunk)?.subarray(step.from, step.from + step.length);
      if (bytes?.length !== step.length) throw damaged(`chunk ${step.chunk}`, "it is too short");
      yield* writes(step, bytes);
      meter.addBytes(step.length);
      await meter.pace();
    }
    for (const bytes of chunks.values()) freeBuffer(bytes);
    await meter.pace();
  }
}

interface Batch {
  readonly steps: readonly PlanStep[];
  readonly chunks: ReadonlyMap<string, Buffer>;
}

/** Batches in order, the next ones already being fetched. */
async function* ahead(
  repository: Repository,
  plan: AsyncIterable<PlanStep> | Iterable<PlanStep>,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const queue: Promise<Batch>[] = [];
  try {
    for await (const steps of batched(plan)) {
      const batch = fetchBatch(repository, steps, signal);
      // Reported where it is awaited.
      batch.catch(() => undefined);
      queue.push(batch);
      const first = queue.length > batchesAhead ? queue.shift() : undefined;
      if (first) yield await first;
    }
    for (let next = queue.shift(); next; next = queue.shift()) yield await next;
  } finally {
    await Promise.allSettled(queue);
  }
}

async function* batched(plan: AsyncIterable<PlanStep> | Iterable<PlanStep>): AsyncGenerator<PlanStep[]> {
  let steps: PlanStep[] = [];
  let bytes = 0;
  for await (const step of plan) {
    steps.push(step);
    if (step.kind === "chunk") bytes += step.length;
    if (bytes < batchBytes && steps.length < batchSteps) continue;
    yield steps;
    steps = [];
    bytes = 0;
  }
  if (steps.length > 0) yield steps;
}

async function fetchBatch(
  repository: Repository,
  steps: readonly PlanStep[],
  signal: AbortSignal,
): Promise<Batch> {
  const wanted = [...new Set(steps.flatMap((step) => (step.kind === "chunk" ? [step.chunk] : [])))];
  const refs = wanted.map((id) => ({ kind: "chunk", id }) as const);
  const found = refs.length > 0 ? await repository.blobs.readMany(refs, signal) : [];
  const chunks = new Map<string, Buffer>();
  for (const [at, bytes] of found.entries()) chunks.set(wanted[at] ?? "", bytes);
  return { steps, chunks };
}

/** The write commands of one chunk, without its long runs of zeros unless it overwrites something. */
function* writes(
  { path, offset, length, overwrites = false }: ChunkWrite,
  bytes: Buffer,
): Generator<StreamCommand> {
  const piece = (from: number, to: number): StreamCommand[] =>
    from < to ? [{ kind: "write", path, offset: offset + from, data: bytes.subarray(from, to) }] : [];
  if (overwrites) {
    yield* piece(0, length);
    return;
  }
  let start = 0;
  for (let at = 0; at < length;) {
    // Runs begin at multiples of their length in the file.
    const step = Math.min(zeroRunBytes - ((offset + at) % zeroRunBytes), length - at);
    if (step === zeroRunBytes && bytes[at] === 0 && bytes.subarray(at, at + step).equals(zeros)) {
      yield* piece(start, at);
      start = at + step;
    }
    at += step;
  }
  // The end of a file must be written, or it would be too short.
  yield* piece(start === length && length > 0 ? length - 1 : start, length);
}
