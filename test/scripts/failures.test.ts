import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runSuite } from "../../scripts/test/runSuite.mjs";

describe("a test that fails", () => {
  const suite = { name: "any", about: "", folders: [], runs: "mocha", packages: [], minutes: 1 } as const;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "failing-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(source: string) {
    const file = join(folder, "some.test.mjs");
    writeFileSync(file, source);
    const env = { ...process.env, TMPDIR: folder };
    const { fileSeconds = {}, ...counts } = await runSuite({
      suite,
      files: [file],
      mochaArgs: [],
      node: process.execPath,
      env,
      print: () => {},
    });
    for (const seconds of Object.values(fileSeconds)) assert.ok(seconds >= 0);
    return { ...counts, failures: counts.failures.map((failure) => failure.split("\n").slice(0, 2)) };
  }

  it("is named at the end with what went wrong, however much was printed since", async () => {
    const counts = await run(`
      describe("a thing", () => { it("works", () => {}); it("holds", () => { throw new Error("it broke"); }); });
    `);
    assert.deepEqual(counts, {
      passed: 1,
      failed: 1,
      failures: [["a thing › holds", "Error: it broke"]],
      failedFiles: [relative(process.cwd(), join(folder, "some.test.mjs"))],
    });
  });

  it("counts when the suite crashes", async () => {
    const counts = await run(`it("ends everything", () => process.exit(3));`);
    assert.deepEqual(counts, {
      passed: 0,
      failed: 1,
      failures: [["The suite did not come to its end (3)."]],
    });
  });
});
