import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { FuzzReport, FuzzTask } from "./rig/fuzzWorker.ts";
import { subjects } from "./rig/subjects.ts";

/** For longer runs: how many seeds, each of which is one round of every subject, and the first of them. */
const rounds = Number(process.env["FORKPOINT_FUZZ_ROUNDS"] ?? 400);
const first = Number(process.env["FORKPOINT_FUZZ_SEED"] ?? 1);
/** A worker that has not come to its next input for this long hangs, in milliseconds. */
const patienceMs = 60_000;
const heapMib = 192;

const kept = z
  .array(z.strictObject({ subject: z.string(), hex: z.string() }))
  .parse(JSON.parse(readFileSync(new URL("./failed.json", import.meta.url), "utf8")));

describe("bytes from outside", function () {
  this.timeout(0);

  it(`are read or refused and do no harm, in ${rounds} rounds of ${subjects.length} kinds`, async () => {
    const { read, refused, failures } = await fuzz({ first, count: rounds });
    for (const { subject, seed, hex, why } of failures.slice(0, 5)) {
      // Into failed.json with it, once it is mended.
      process.stderr.write(
        `${subject}, FORKPOINT_FUZZ_SEED=${seed}: ${why}\n${JSON.stringify({ subject, hex })}\n`,
      );
    }
    assert.equal(failures.length, 0, failures[0]?.why);
    for (const { name } of subjects) {
      // Bytes that are always refused early, or never, try nothing.
      assert.ok((refused[name] ?? 0) > rounds / 3, `${name} was refused ${refused[name] ?? 0} times`);
      if (rounds >= 400) assert.ok((read[name] ?? 0) > 0, `${name} was never read`);
    }
  });
});

/** Works in a thread whose memory is bounded, and which can be ended when it hangs. */
function fuzz(seeds: FuzzTask["seeds"]): Promise<FuzzReport> {
  const progress = new Int32Array(new SharedArrayBuffer(12));
  const where = () => {
    const [done = 0, at = 0, seed = 0] = progress;
    return done < kept.length ? `kept input ${done}` : `${subjects[at]?.name}, FORKPOINT_FUZZ_SEED=${seed}`;
  };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./rig/fuzzWorker.ts", import.meta.url), {
      workerData: { kept, seeds, progress } satisfies FuzzTask,
      resourceLimits: { maxOldGenerationSizeMb: heapMib },
    });
    let last = "";
    const watch = setInterval(() => {
      if (last === where()) {
        reject(new Error(`It hangs: ${last}`));
        void worker.terminate();
      }
      last = where();
    }, patienceMs);
    worker.once("message", resolve);
    worker.once("error", (thrown: Error) =>
      reject(new Error(`${where()}: ${thrown.message}`, { cause: thrown })),
    );
    worker.once("exit", () => clearInterval(watch));
  });
}
