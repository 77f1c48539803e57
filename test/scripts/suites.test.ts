import assert from "node:assert/strict";
import { chosenTests } from "../../scripts/test.mjs";
import { orphanedTestFiles, suiteOf } from "../../scripts/test/suites.mjs";

describe("npm test -- NAME", () => {
  const names = (...args: string[]) => chosenTests(args).suites.map(({ suite }) => suite.name);

  it("runs everything when nothing is named", () => {
    assert.equal(chosenTests([]).static, true);
    assert.ok(names().includes("unit"));
    assert.ok(names().includes("editor"));
    assert.ok(names().includes("ui"));
  });

  it("runs just the suite that is named", () => {
    assert.deepEqual(names("unit"), ["unit"]);
    assert.equal(chosenTests(["unit"]).static, false);
    assert.deepEqual(names("static"), []);
    assert.equal(chosenTests(["static"]).static, true);
  });

  it("runs the files that are named, in the suite they belong to", () => {
    const { suites } = chosenTests(["test/scripts/suites.test.ts"]);
    assert.deepEqual(
      suites.map(({ suite, files }) => [suite.name, files]),
      [["unit", ["test/scripts/suites.test.ts"]]],
    );
  });

  it("runs a suite of an ordinary user when it is named, and with everything", () => {
    assert.deepEqual(names("agent-none"), ["agent-none"]);
    const story = "test/agent/endToEnd/wholeStory.test.ts";
    const { suites } = chosenTests(["agent-helper", story]);
    assert.deepEqual(
      suites.map(({ suite, files }) => [suite.name, suite.as, files]),
      [["agent-helper", "helper", [story]]],
    );
    assert.ok(names().includes("agent-helper"));
    assert.deepEqual(names(story), ["agent"]);
    assert.ok(!names("a text of titles").includes("agent-helper"));
  });

  it("takes anything else for the title of a test", () => {
    assert.deepEqual(chosenTests(["is free again"]).mochaArgs, ["--grep", "is free again"]);
    assert.deepEqual(chosenTests(["unit", "is free again"]).mochaArgs, ["--grep", "is free again"]);
    assert.deepEqual(names("unit", "is free again"), ["unit"]);
  });

  it("knows a suite for every test file", () => {
    assert.deepEqual(orphanedTestFiles(), []);
    assert.equal(suiteOf("test/agent/catalog/catalog.test.ts")?.name, "unit");
    assert.equal(suiteOf("test/agent/volumes/any.test.ts")?.name, "agent");
    assert.equal(suiteOf("test/elsewhere/any.test.ts"), undefined);
  });
});
