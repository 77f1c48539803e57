import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Machine } from "../support/machine.ts";
import { timeActivation } from "./activation.ts";
import { importTree } from "./benchProject.ts";
import { readIdleAgent } from "./idleAgent.ts";
import { timeLocalOperations } from "./localOperations.ts";
import { asJson, asTable } from "./report.ts";
import { timeSafeCopy } from "./safeCopy.ts";
import type { Reading, Timing } from "./timings.ts";

/*
 * Measures the bundled agent and extension on pools of their own; started by scripts/bench.mjs, which
 * builds them, and removes whatever is left.
 */

const agentScript = resolve(import.meta.dirname, "../../dist/agent/main.mjs");
const poolBytes = 20 * 2 ** 30;

const { values } = parseArgs({
  options: {
    files: { type: "string", multiple: true, default: ["1000", "60000", "250000"] },
    json: { type: "string", default: "test-output/bench.json" },
    "no-activation": { type: "boolean", default: false },
  },
});
const sizes = values.files.flatMap((text) => text.split(",")).map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 1000)) {
  throw new Error("--files takes whole numbers from 1000 on.");
}

const timings: Timing[] = [];
const readings: Reading[] = [];
const file = resolve(values.json);
mkdirSync(dirname(file), { recursive: true });
try {
  for (const files of sizes) await benchSize(files, files === sizes.at(-1) && !values["no-activation"]);
} finally {
  writeFileSync(file, `${JSON.stringify(asJson({ timings, readings }), null, 2)}\n`);
  console.log(`\n${asTable({ timings, readings })}\n\nEvery run: ${file}`);
}

async function benchSize(files: number, withActivation: boolean): Promise<void> {
  const machine = new Machine();
  try {
    say(`${files} files: import`);
    let client = await machine.connect(machine.agent(agentScript));
    await client.call("pool/create", { image: machine.path("pool.img"), size: poolBytes });
    const { benched, timings: imported } = await importTree(machine, client, files);
    timings.push(...imported);
    await client.call("project/open", { project: benched.project.projectId });
    say(`${files} files: snapshot, fork, diff, restore`);
    timings.push(...(await timeLocalOperations(benched)));
    say(`${files} files: push, pull`);
    timings.push(...(await timeSafeCopy(benched, agentScript)));
    say(`${files} files: the agent at rest`);
    readings.push(...(await readIdleAgent(await machine.pid(), "after all this", files)));
    if (withActivation) {
      say("the extension in VS Code");
      timings.push(...(await timeActivation(benched)));
    }
    await machine.stopAgent();
    client = await machine.connect(machine.agent(agentScript));
    await client.call("project/open", { project: benched.project.projectId });
    readings.push(...(await readIdleAgent(await machine.pid(), "after a start", files)));
  } finally {
    await machine.end();
  }
}

function say(text: string): void {
  process.stderr.write(`  ${text} …\n`);
}
