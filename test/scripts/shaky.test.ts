import assert from "node:assert/strict";
import { runShakyAgain } from "../../scripts/test.mjs";

type Counts = Awaited<ReturnType<Parameters<typeof runShakyAgain>[0][number]["run"]>>;

const good: Counts = { passed: 5, failed: 0, failures: [], failedFiles: [] };
const bad = (failed: number, files = 1): Counts => ({
  passed: 9,
  failed,
  failures: Array.from({ length: failed }, (_, at) => `test ${at}`),
  failedFiles: ["some.test.ts", ...Array.from({ length: files - 1 }, (_, at) => `other-${at}.test.ts`)],
});

describe("tests that failed in a run of everything", () => {
  const asked: (readonly string[] | undefined)[] = [];
  const answering = (again: Counts) => [
    {
      name: "agent",
      run: (_print: (line: string) => void, files?: readonly string[]) => {
        asked.push(files);
        return Promise.resolve(again);
      },
    },
  ];
  beforeEach(() => (asked.length = 0));

  it("are run again, and named as shaky when they pass alone", async () => {
    const results = new Map([["agent", bad(2)]]);
    await runShakyAgain(answering(good), results);
    assert.deepEqual(asked, [["some.test.ts"]]);
    const result = results.get("agent");
    assert.deepEqual(result, { ...bad(2), passed: 11, failed: 0, failures: [], shaky: ["test 0", "test 1"] });
  });

  it("are run again when there are many in one file, whose tests tell one story", async () => {
    const results = new Map([["agent", bad(12)]]);
    await runShakyAgain(answering(good), results);
    assert.equal(results.get("agent")?.failed, 0);
  });

  it("are run again when a few fail with a window of many files", async () => {
    const results = new Map([["agent", bad(1, 20)]]);
    await runShakyAgain(answering(good), results);
    assert.equal(results.get("agent")?.failed, 0);
  });

  it("fail when they fail again", async () => {
    const results = new Map([["agent", bad(1)]]);
    await runShakyAgain(answering(bad(1)), results);
    assert.deepEqual(results.get("agent"), bad(1));
  });

  it("fail at once when they are in many files, or when a suite did not come to its end", async () => {
    for (const counts of [bad(7, 7), { passed: 0, failed: 1, failures: ["hung"] }]) {
      const results = new Map([["agent", counts]]);
      await runShakyAgain(answering(good), results);
      assert.deepEqual(results.get("agent"), counts);
    }
    assert.deepEqual(asked, []);
  });
});
