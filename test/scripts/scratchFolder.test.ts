import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeScratchFolder, removeScratchFolder } from "../../scripts/test/scratchFolder.mjs";

describe("the folder of a run of the tests", () => {
  for (const where of ["where TMPDIR says", "in memory, if there is plenty"]) {
    it(`${where}, is passable for everybody, and goes with all it holds`, () => {
      const given = process.env["TMPDIR"];
      if (where.startsWith("in memory")) delete process.env["TMPDIR"];
      const { folder, id } = makeScratchFolder();
      try {
        assert.ok(folder.endsWith(`forkpoint-${id}`));
        assert.equal(statSync(folder).mode & 0o777, 0o711);
        writeFileSync(join(folder, "file"), "x");
      } finally {
        process.env["TMPDIR"] = given;
        removeScratchFolder(folder);
      }
      assert.equal(existsSync(folder), false);
    });
  }
});
