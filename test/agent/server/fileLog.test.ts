import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { FileLog } from "../../../agent/server/fileLog.ts";

describe("the agent's log", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "forkpoint-log-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes one JSON object a line, errors with their stack", () => {
    const log = new FileLog(join(folder, "agent.log"), { ...systemClock, now: () => 0 });
    log.info("one", { path: "a\nb" });
    log.error("two", { error: new Error("broken") });
    log.close();
    const lines = readFileSync(log.file, "utf8").trimEnd().split("\n");
    assert.deepEqual(JSON.parse(lines[0] ?? ""), {
      time: "1970-01-01T00:00:00.000Z",
      level: "info",
      message: "one",
      path: "a\nb",
    });
    assert.match(lines[1] ?? "", /broken.*fileLog\.test/);
  });

  it("hides fields that are named like secrets", () => {
    const log = new FileLog(join(folder, "agent.log"), systemClock);
    log.warn("x", { token: "s3cr3t", nested: { secretAccessKey: "s3cr3t", Authorization: "s3cr3t" } });
    log.close();
    assert.doesNotMatch(readFileSync(log.file, "utf8"), /s3cr3t/);
  });

  it("keeps a bounded number of files of a bounded size, and tells the newest lines across them", () => {
    const log = new FileLog(join(folder, "agent.log"), systemClock, 1000);
    for (let line = 0; line < 100; line++) log.info("line", { line });
    const tail = log.tail(15).map((text) => (JSON.parse(text) as { line: number }).line);
    log.close();
    assert.deepEqual(
      tail,
      Array.from({ length: 15 }, (_, at) => 85 + at),
    );
    assert.deepEqual(readdirSync(folder).sort(), ["agent.log", "agent.log.1", "agent.log.2"]);
    for (const name of readdirSync(folder)) assert.ok(statSync(join(folder, name)).size <= 1000);
  });
});
