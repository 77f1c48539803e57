import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";
import { timeActivation } from "./activation.ts";
import { type BenchProject, importTree, poolMib } from "./benchProject.ts";
import { type BenchRig, BenchRigs } from "./benchRigs.ts";
import { readIdleAgent } from "./idleAgent.ts";
import { timeLocalOperations } from "./localOperations.ts";
import { timeLongTimeline, timePathSearch } from "./longTimelines.ts";
import { asJson, asTable } from "./report.ts";
import { timeSafeCopy } from "./safeCopy.ts";
import type { Reading, Timing } from "./timings.ts";
import { timeWriterPause } from "./writerPause.ts";

/*
 * Measures the bundled agent and extension on pools of their own; started by scripts/bench.mjs, which
 * builds them, and removes whatever is left.
 */

const agentScript = resolve(import.meta.dirname, "../../dist/agent/main.mjs");
const allModes: readonly PrivilegeMode[] = ["root", "helper", "none"];

const { values } = parseArgs({
  options: {
    files: { type: "string", multiple: true, default: ["1000", "60000", "250000"] },
    modes: { type: "string", default: "root" },
    json: { type: "string", default: "test-output/bench.json" },
    "no-activation": { type: "boolean", default: false },
  },
});
const sizes = values.files.flatMap((text) => text.split(",")).map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 1000)) {
  throw new Error("--files takes whole numbers from 1000 on.");
}
const modes = allModes.filter((mode) => values.modes.split(",").includes(mode));
if (modes.length !== values.modes.split(",").length) {
  throw new Error(`--modes takes some of ${allModes.join(",")}.`);
}

const timings: Timing[] = [];
const readings: Reading[] = [];
const file = resolve(values.json);
mkdirSync(dirname(file), { recursive: true });
const rigs = await BenchRigs.open(modes);
try {
  for (const files of sizes) await benchSize(files, files === sizes.at(-1) && !values["no-activation"]);
} finally {
  rigs.end();
  writeFileSync(file, `${JSON.stringify(asJson({ timings, readings }), null, 2)}\n`);
  console.log(`\n${asTable({ timings, readings })}\n\nEvery run: ${file}`);
}

async function benchSize(files: number, withActivation: boolean): Promise<void> {
  const begun: BenchProject[] = [];
  try {
    for (const rig of rigs.rigs) {
      say(`${files} files, ${rig.mode}: import`);
      begun.push(await begin(rig, files));
    }
    say(`${files} files: snapshot, fork, diff, restore`);
    await sideBySide(begun.map((benched) => timeLocalOperations(benched)));
    say(`${files} files: a program that writes`);
    for (const benched of begun) timings.push(await timeWriterPause(benched));
    say(`${files} files: push, pull`);
    await sideBySide(begun.map((benched) => timeSafeCopy(benched, agentScript)));
    const [first, ...others] = begun;
    if (first && others.length === 0) {
      await watchAgent(first, files, withActivation);
      if (files === sizes[0]) await benchLongTimelines(first);
    }
  } finally {
    for (const { machine } of begun) await machine.end();
  }
}

async function begin({ mode, machine: makeMachine }: BenchRig, files: number): Promise<BenchProject> {
  const machine = makeMachine();
  try {
    const client = await machine.connect(machine.agent(agentScript));
    await machine.pool(poolMib);
    const { benched, timing } = await importTree({ machine, client, mode, otherMachine: makeMachine }, files);
    timings.push(timing);
    await client.call("project/open", { project: benched.project.projectId });
    return benched;
  } catch (thrown) {
    await machine.end();
    throw thrown;
  }
}

/** Runs the first operation in every mode, then the second, and so on: what the disk does meanwhile hits all alike. */
async function sideBySide(series: readonly AsyncGenerator<Timing, void>[]): Promise<void> {
  for (;;) {
    let more = false;
    for (const each of series) {
      const step = await each.next();
      if (step.done) continue;
      timings.push(step.value);
      more = true;
    }
    if (!more) return;
  }
}

/** What an agent takes at rest, and what the extension takes to get going: of one mode alone. */
async function watchAgent(benched: BenchProject, files: number, withActivation: boolean): Promise<void> {
  const { machine, project } = benched;
  say(`${files} files: the agent at rest`);
  readings.push(...(await readIdleAgent(await machine.pid(), "after all this", files)));
  if (withActivation) {
    say("the extension in VS Code");
    timings.push(...(await timeActivation(benched)));
  }
  await machine.stopAgent();
  const client = await machine.connect(machine.agent(agentScript));
  await client.call("project/open", { project: project.projectId });
  readings.push(...(await readIdleAgent(await machine.pid(), "after a start", files)));
}

/** Last, since most of these entries have no snapshot on the disk. */
async function benchLongTimelines(benched: BenchProject): Promise<void> {
  const { machine } = benched;
  const connect = () => machine.connect(machine.agent(agentScript));
  say("long timelines");
  timings.push(await timePathSearch({ ...benched, client: await connect() }));
  const restart = async (meanwhile: () => void) => {
    await machine.stopAgent();
    meanwhile();
    return connect();
  };
  timings.push(...(await timeLongTimeline(benched, restart)));
}

function say(text: string): void {
  process.stderr.write(`  ${text} …\n`);
}
