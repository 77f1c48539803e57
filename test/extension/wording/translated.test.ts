import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { checkout } from "../../../scripts/paths.mjs";
import { bundleFile } from "../../../scripts/l10n.mjs";

/** Words that come from data, which nobody translates. */
const data = new Set(["ada", "npm", "install", "upgrade", "KB"]);

describe("a translation", () => {
  let texts: Record<string, readonly string[]>;
  before(async () => {
    const english = JSON.parse(readFileSync(join(checkout, bundleFile), "utf8")) as Record<string, string>;
    const pseudo = Object.fromEntries(Object.keys(english).map((key) => [key, `⟦${key}⟧`]));
    texts = await textsWith(pseudo);
  });

  for (const room of [
    "rows",
    "the store",
    "questions",
    "a search",
    "versions",
    "a restore",
    "tooltips",
    "messages",
    "commands",
    "advice",
    "the status bar",
  ]) {
    it(`is all that is said in ${room}`, () => {
      const said = texts[room] ?? [];
      assert.ok(said.length > 0);
      for (const text of said) {
        assert.match(text, /⟦/);
        assert.deepEqual(wordsOutside(text), [], text);
      }
    });
  }

  it("writes numbers as its language does", () => {
    assert.deepEqual(texts["numbers"], ["1.234"]);
  });
});

/** In a thread of its own, since tables of texts are made once, when their modules are read. */
function textsWith(bundle: Record<string, string>): Promise<Record<string, readonly string[]>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("support/texts.worker.ts", import.meta.url), { workerData: bundle });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** What stands in no translated text. */
function wordsOutside(text: string): string[] {
  let left = text;
  for (let before = ""; before !== left;) {
    before = left;
    left = left.replaceAll(/⟦[^⟦⟧]*⟧/g, " ");
  }
  const words = left.replaceAll(/`[^`]*`|\$\([^)]*\)|\(command:[^)]*\)|“[^”]*”/g, " ").match(/[A-Za-z]{2,}/g);
  return (words ?? []).filter((word) => !data.has(word));
}
