import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unifiedDiff } from "../../../agent/cli/unifiedDiff.ts";

describe("the difference of two texts", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "forkpoint-diff-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** What `patch` makes of the older text. */
  function patched(older: string, lines: readonly string[]): string {
    const file = join(folder, "file");
    writeFileSync(file, older);
    const input = `--- a/file\n+++ b/file\n${lines.join("\n")}\n`;
    const { status, stdout, stderr } = spawnSync("git", ["apply", "--unidiff-zero", "-p1"], {
      cwd: folder,
      input,
      encoding: "utf8",
      env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
    });
    assert.equal(status, 0, `${stdout}${stderr}\n${input}`);
    return readFileSync(file, "utf8");
  }

  /** Numbers that are the same in every run. */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
  }

  it("is what diff -u writes", () => {
    const older = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
    const newer = "a\nb\nC\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm";
    const { added, removed, lines } = unifiedDiff(older, newer);
    assert.deepEqual([added, removed], [2, 1]);
    assert.deepEqual(lines, [
      ...["@@ -1,6 +1,6 @@", " a", " b", "-c", "+C", " d", " e", " f"],
      ...["@@ -10,3 +10,4 @@", " j", " k", " l", "+m", "\\ No newline at end of file"],
    ]);
    assert.deepEqual(unifiedDiff("", "x\n").lines, ["@@ -0,0 +1 @@", "+x"]);
    assert.deepEqual(unifiedDiff("x\n", "").lines, ["@@ -1 +0,0 @@", "-x"]);
    assert.deepEqual(unifiedDiff("x\n", "x\n").lines, []);
  });

  it("leads from one text to the other, whatever they are", () => {
    const next = random(7);
    for (let round = 0; round < 40; round++) {
      const text = (lines: number) =>
        Array.from({ length: lines }, () => `${"abcde"[next(5)] ?? ""}\n`).join("") + (next(2) ? "end" : "");
      const older = text(1 + next(60));
      const newer = next(3) ? older.replaceAll(/b\n/g, () => (next(2) ? "b\nB\n" : "")) : text(1 + next(60));
      const { lines } = unifiedDiff(older, newer);
      if (lines.length > 0) assert.equal(patched(older, lines), newer, `round ${round}`);
      else assert.equal(older, newer);
    }
  });

  it("finds the fewest lines where texts are alike, and gives up where they are not", () => {
    const numbers = Array.from({ length: 5000 }, (_, at) => `${at}\n`);
    const some = numbers.filter((_, at) => at % 100 !== 0);
    const few = unifiedDiff(numbers.join(""), some.join(""));
    assert.deepEqual([few.added, few.removed], [0, 50]);
    const other = numbers.map((line) => `other ${line}`);
    const all = unifiedDiff(numbers.join(""), other.join(""));
    assert.deepEqual([all.added, all.removed], [5000, 5000]);
  });
});
