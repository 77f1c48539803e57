import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stopAgent } from "../../support/stopAgent.ts";
import { bundleTests } from "./bundleTests.ts";
import { runOnDesktop, runOnServer } from "./hosts.ts";
import { eventsVariable, grepVariable, type TestEvent } from "./testEvents.ts";
import { stages } from "./windows.ts";

/*
 * Runs test files inside the extension host of a real VS Code: one window for each folder of test/editor.
 * Arguments: test files as paths from the checkout, --grep TEXT, and --desktop for a downloaded desktop
 * VS Code in place of the server.
 */

const silenceMs = 120_000;
const args = process.argv.slice(2);
const grepAt = args.indexOf("--grep");
const grep = grepAt < 0 ? "" : (args[grepAt + 1] ?? "");
const files = args.filter((arg) => arg.endsWith(".test.ts"));
const runOnHost = args.includes("--desktop") ? runOnDesktop : runOnServer;
const counts = { passed: 0, failed: 0, failures: [] as string[] };
/** All files of each window in which something failed: they share its state. */
const failedFiles: string[] = [];

for (const [name, ofStage] of Map.groupBy(files, (file) => file.split("/")[2] ?? "")) {
  const failedBefore = counts.failed;
  try {
    await runWindow(name, ofStage);
  } catch (thrown) {
    const why = `the window "${name}"\n${thrown instanceof Error ? thrown.stack : String(thrown)}`;
    counts.failed++;
    counts.failures.push(why);
    console.log(`\n  ✗ ${why}`);
  }
  if (counts.failed > failedBefore) failedFiles.push(...ofStage);
}
console.log(`\n  ${counts.passed} passing, ${counts.failed} failing`);
const results = process.env["FORKPOINT_TEST_RESULTS"];
if (results) writeFileSync(results, JSON.stringify({ ...counts, failedFiles }));
process.exitCode = counts.failed > 0 ? 1 : 0;

async function runWindow(name: string, ofStage: readonly string[]): Promise<void> {
  const makeStage = Object.entries(stages).find(([stage]) => stage === name)?.[1];
  if (!makeStage) throw new Error(`test/editor/support/windows.ts has no stage for test/editor/${name}.`);
  console.log(`\n  window: ${name}`);
  const bundle = await bundleTests(name, ofStage);
  const scratch = mkdtempSync(join(tmpdir(), "editor-"));
  const events = join(scratch, "events");
  try {
    const stage = await makeStage();
    try {
      const env = { FORKPOINT_HOME: stage.home, [eventsVariable]: events, [grepVariable]: grep };
      await runOnHost({ name, folder: stage.folder, bundle, env, scratch, finished: () => follow(events) });
    } finally {
      await stopAgent(stage.home);
      await stage.dispose();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints and counts what the run inside tells, until it ends; false when it falls silent. */
async function follow(file: string): Promise<boolean> {
  let seen = 0;
  let quietSince = performance.now();
  while (performance.now() - quietSince < silenceMs) {
    await pause(50);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
    for (const line of lines.slice(seen)) {
      const event = JSON.parse(line) as TestEvent;
      if (event.kind === "end") return true;
      show(event);
      quietSince = performance.now();
    }
    seen = lines.length;
  }
  return false;
}

function show(event: Exclude<TestEvent, { kind: "end" }>): void {
  const indent = "  ".repeat(event.depth + 2);
  if (event.kind === "suite") console.log(`${indent}${event.title}`);
  if (event.kind === "passed") {
    counts.passed++;
    console.log(`${indent}✔ ${event.title} (${event.ms} ms)`);
  }
  if (event.kind === "failed") {
    counts.failed++;
    counts.failures.push(`${event.title}\n${event.error}`);
    console.log(`${indent}✗ ${event.title}\n${event.error.replaceAll(/^/gm, `${indent}  `)}`);
  }
}
