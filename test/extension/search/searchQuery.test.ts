import assert from "node:assert/strict";
import { searchQuery, withoutTerm } from "../../../extension/search/searchQuery.ts";
import { filterWords } from "../../../extension/search/filterWords.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
const read = (typed: string) => searchQuery(typed, now);

describe("what is typed into the search", () => {
  it("is words, and anything else by its name", () => {
    assert.deepEqual(read("  npm   install "), {
      terms: [
        { kind: "text", value: "npm", at: [2, 5] },
        { kind: "text", value: "install", at: [8, 15] },
      ],
      filter: { text: "npm install" },
      path: null,
      problem: null,
    });
    const { filter, path } = read(
      'upgrade path:"./src/a b/" cause:test,git cause:git by:ada tests:passed after:3d',
    );
    assert.equal(path, "src/a b");
    assert.deepEqual(filter, {
      text: "upgrade",
      causes: ["test", "git"],
      author: "ada",
      tests: "passed",
      since: "2026-03-07T12:00:00.000Z",
    });
  });

  it("keeps words with a colon, and quotes that nobody closed", () => {
    assert.equal(read("npm run build:web").filter.text, "npm run build:web");
    assert.equal(read('path:"src/a b').path, "src/a b");
    assert.deepEqual(read("").filter, {});
    assert.equal(read("path:").path, null);
  });

  it("says what cannot be looked for", () => {
    assert.match(read("cause:lunch").problem ?? "", /^A cause is one of manual, /);
    assert.match(read("before:yesterday").problem ?? "", /“yesterday” is no date/);
    assert.match(read("tests:green").problem ?? "", /tests:passed or tests:failed/);
  });

  it("loses one term and keeps the others", () => {
    const typed = 'one path:"a b" two';
    const [, path] = read(typed).terms;
    assert.ok(path);
    assert.equal(withoutTerm(typed, path), "one two");
  });
});

describe("the line above the Timeline view", () => {
  it("names what it is filtered by, and is not there when it is not", () => {
    assert.deepEqual(filterWords({ query: "", found: undefined }), { description: "", message: "" });
    const found = { entries: [], more: false, matches: 0, problem: null };
    assert.match(
      filterWords({ query: "by:ada", found }).message,
      /^Filtered: by:ada · no snapshot\. “Clear Search”/,
    );
    assert.match(filterWords({ query: "x", found: { ...found, matches: 2 } }).message, /· 2 snapshots\./);
    assert.equal(filterWords({ query: "x", found: undefined }).description, "searching…");
  });
});
