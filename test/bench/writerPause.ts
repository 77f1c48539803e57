import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { BenchProject } from "./benchProject.ts";
import type { Timing } from "./timings.ts";

const runs = 30;

/** How long a program that writes all the time is kept waiting, at most, by each of some snapshots. */
export async function timeWriterPause({ client, project, tree, mode }: BenchProject): Promise<Timing> {
  const writer = fork(join(import.meta.dirname, "steadyWriter.ts"), [project.path]);
  try {
    const pauses: number[] = [];
    await longestWrite(writer);
    for (let run = 0; run < runs; run++) {
      await longestWrite(writer);
      const { entry } = await client.call("snapshot/create", { project: project.projectId });
      assert.ok(entry);
      pauses.push(await longestWrite(writer));
    }
    return {
      operation: "longest pause of a program that writes, by a snapshot",
      ...{ mode, files: tree.files, runs: pauses },
    };
  } finally {
    writer.disconnect();
    await once(writer, "exit");
  }
}

async function longestWrite(writer: ChildProcess): Promise<number> {
  const answered = once(writer, "message");
  writer.send("longest");
  const [longest] = (await answered) as unknown[];
  assert.ok(typeof longest === "number");
  return longest;
}
