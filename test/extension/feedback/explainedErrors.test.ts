import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, errorHints } from "../../../agent/protocol/errors.ts";
import { isExplained, unexplained } from "../../../extension/feedback/explainedErrors.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/problems.md"), "utf8");
const sections = page.split(/^### /m).slice(1);
const codes = Object.keys(errorHints) as ErrorCode[];
const headings = sections.map((section) => section.split("\n", 1)[0] ?? "");

describe("the page of common problems", () => {
  it("has an entry for every error that people can meet", () => {
    const missing = codes.filter((code) => isExplained(code) && !headings.includes(code));
    assert.deepEqual(missing, []);
  });

  it("has none for errors that do not exist, or that need no explanation, and none twice", () => {
    const explained = headings.filter((heading) => /^[A-Z_]+$/.test(heading));
    assert.deepEqual(
      explained.filter((code) => !codes.some((known) => known === code && !unexplained.has(known))),
      [],
    );
    assert.deepEqual(explained, [...new Set(explained)]);
  });

  it("says of each problem what to do", () => {
    assert.ok(sections.length > codes.length - unexplained.size);
    for (const section of sections) assert.match(section, /^\*\*What to do:\*\* \S/m, section);
  });
});
