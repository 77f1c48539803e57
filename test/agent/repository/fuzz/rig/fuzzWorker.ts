import { parentPort, workerData } from "node:worker_threads";
import { ForkpointError } from "../../../../../agent/protocol/errors.ts";
import { seededRandom } from "../../../../support/randomEdits.ts";
import { type Subject, subjects } from "./subjects.ts";

/** What is to be read: made from a seed, or kept from a failure. */
export type FuzzInput =
  { readonly subject: string; readonly seed: number } | { readonly subject: string; readonly hex: string };

export interface FuzzTask {
  readonly kept: readonly { readonly subject: string; readonly hex: string }[];
  readonly seeds: { readonly first: number; readonly count: number };
  /** Where the worker writes which input it has before it: how many kept ones are done, the subject, the seed. */
  readonly progress: Int32Array;
}

export interface FuzzReport {
  readonly read: Record<string, number>;
  readonly refused: Record<string, number>;
  readonly failures: readonly {
    readonly subject: string;
    readonly hex: string;
    readonly seed: number | null;
    readonly why: string;
  }[];
}

/** What reading a few hundred bytes may take, in bytes. */
const mostMemory = 48 * 1024 * 1024;

const task = workerData as FuzzTask;
const read: Record<string, number> = {};
const refused: Record<string, number> = {};
const failures: FuzzReport["failures"][number][] = [];

for (const { subject: name, hex } of task.kept) {
  const subject = subjects.find((each) => each.name === name);
  if (subject) await run(subject, Buffer.from(hex, "hex"), null);
  else failures.push({ subject: name, hex, seed: null, why: "there is no such subject any more" });
  Atomics.add(task.progress, 0, 1);
}
for (let seed = task.seeds.first; seed < task.seeds.first + task.seeds.count; seed++) {
  for (const [at, subject] of subjects.entries()) {
    Atomics.store(task.progress, 1, at);
    Atomics.store(task.progress, 2, seed);
    await run(subject, subject.make(seededRandom(seed * 64 + at)), seed);
    if (failures.length >= 20) break;
  }
}
parentPort?.postMessage({ read, refused, failures } satisfies FuzzReport);

async function run({ name, codes, check }: Subject, bytes: Buffer, seed: number | null): Promise<void> {
  const before = memory();
  try {
    await check(bytes);
    read[name] = (read[name] ?? 0) + 1;
  } catch (thrown) {
    if (thrown instanceof ForkpointError && codes.includes(thrown.code))
      refused[name] = (refused[name] ?? 0) + 1;
    else
      failures.push({
        subject: name,
        hex: bytes.toString("hex"),
        seed,
        why: String(thrown instanceof Error ? thrown.stack : thrown),
      });
  }
  const taken = memory() - before;
  if (taken > mostMemory)
    failures.push({
      subject: name,
      hex: bytes.toString("hex"),
      seed,
      why: `it took ${taken} bytes of memory`,
    });
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
