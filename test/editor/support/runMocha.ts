import { appendFileSync } from "node:fs";
import Mocha from "mocha";
import { eventsVariable, grepVariable, type TestEvent } from "./testEvents.ts";

/**
 * Runs mocha inside the extension host and tells what happens in the file that the runner named.
 * `load` imports the test files.
 */
export async function runMocha(load: () => Promise<void>): Promise<void> {
  const file = process.env[eventsVariable];
  if (!file) throw new Error(`${eventsVariable} is not set.`);
  const tell = (event: TestEvent) => appendFileSync(file, `${JSON.stringify(event)}\n`);
  const grep = process.env[grepVariable];
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 60_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: Mocha.reporters.Base,
    ...(grep ? { grep } : {}),
  });
  try {
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, "", mocha);
    await load();
    leaveToOthers();
    await new Promise((resolve) => report(mocha.run(resolve), tell));
  } catch (thrown) {
    tell({ kind: "failed", depth: 0, title: "loading the tests", error: describe(thrown) });
  }
  tell({ kind: "end" });
}

/**
 * The process is shared with the editor's own extensions, and what one of them throws at any moment, such as
 * Git's when a pipe of its breaks, would fail the test that happens to run.
 */
function leaveToOthers(): void {
  process.setUncaughtExceptionCaptureCallback((thrown) => {
    if (isOfBuiltInExtension(thrown)) console.error(thrown);
    else process.emit("uncaughtException", thrown);
  });
}

function isOfBuiltInExtension({ stack = "" }: Error): boolean {
  return /\/(vscode|app)\/extensions\//.test(stack) && !stack.includes("test-output");
}

function report(runner: Mocha.Runner, tell: (event: TestEvent) => void): void {
  const events = Mocha.Runner.constants;
  let depth = 0;
  runner.on(events.EVENT_SUITE_BEGIN, ({ title, root }) => {
    if (root) return;
    tell({ kind: "suite", depth, title });
    depth++;
  });
  runner.on(events.EVENT_SUITE_END, ({ root }) => {
    if (!root) depth--;
  });
  runner.on(events.EVENT_TEST_PASS, ({ title, duration }) =>
    tell({ kind: "passed", depth, title, ms: duration ?? 0 }),
  );
  runner.on(events.EVENT_TEST_FAIL, ({ title }, error: unknown) =>
    tell({ kind: "failed", depth, title, error: describe(error) }),
  );
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
