import assert from "node:assert/strict";
import type { Change } from "../../../agent/protocol/change.ts";
import { openPrograms } from "../../../extension/restore/openPrograms.ts";
import { changesWithin, restorePreview, summarize } from "../../../extension/restore/restorePreview.ts";

const change = (path: string, kind: Change["kind"] = "modified", from?: string): Change => ({
  path,
  kind,
  type: "file",
  size: 1,
  ...(from !== undefined && { from }),
});

describe("restorePreview", () => {
  it("tells what will happen, some of the paths, and that it can be undone", () => {
    const changes = [change("a"), change("b", "added"), change("c", "removed")];
    assert.equal(
      restorePreview(changes, summarize(changes), [], []),
      "1 path changes back, 1 comes back and 1 goes away.\n\n~ a\n− b\n+ c\n\n" +
        "The state as it is now is kept as a snapshot first, so that you can undo this.",
    );
  });

  it("counts what it does not list", () => {
    const changes = Array.from({ length: 40 }, (_, index) => change(`f${index}`));
    assert.match(restorePreview(changes, summarize(changes), [], []), /~ f11\n… and 28 more\n/);
  });

  it("counts all changes, not only those the agent sent", () => {
    const summary = { ...summarize([]), modified: 90_000 };
    assert.match(
      restorePreview([change("a")], summary, [], []),
      /90,000 paths change back[^]*… and 89,999 more/,
    );
  });

  it("gives a folder that tools write one line, below what people wrote", () => {
    const changes = [
      change("node_modules/left-pad/index.js"),
      change("node_modules/left-pad/package.json"),
      change("web/dist/app.js", "added"),
      change("src/app.js"),
    ];
    assert.match(
      restorePreview(changes, summarize(changes), [], ["node_modules", "dist"]),
      /~ src\/app\.js\n~ node_modules\/ \(2 paths\)\n~ web\/dist\/ \(1 path\)\n\n/,
    );
  });

  it("names editors with unsaved changes", () => {
    const text = restorePreview(
      [change("a")],
      summarize([change("a")]),
      ["a", "b", "c", "d", "e", "f", "g"],
      [],
    );
    assert.match(text, /7 editors have unsaved changes: a, b, c, d, e and 2 more\./);
    assert.match(restorePreview([], summarize([]), ["a"], []), /1 editor has unsaved changes: a\./);
  });
});

describe("changesWithin", () => {
  it("takes what lies at, below or above a path, and renames by either end", () => {
    const changes = [change("src/a"), change("src2/a"), change("x", "renamed", "src/x"), change("docs/b")];
    assert.deepEqual(
      changesWithin(changes, ["src"]).map(({ path }) => path),
      ["src/a", "x"],
    );
    assert.deepEqual(changesWithin([change("new", "added")], ["new/deep/file"]).length, 1);
    assert.deepEqual(changesWithin(changes, ["src/a", "docs/b"]).length, 2);
  });
});

describe("openPrograms", () => {
  it("names each program with some of its files, and none where the agent names none", () => {
    const programs = [
      { pid: 12, name: "node", files: ["db.sqlite"] },
      { pid: 13, name: "postgres", files: ["a", "b", "c", "d", "e"] },
    ];
    assert.deepEqual(openPrograms({ details: { programs } }), [
      "node (process 12): db.sqlite",
      "postgres (process 13): a, b, c and 2 more",
    ]);
    assert.deepEqual(openPrograms({ details: undefined }), []);
    assert.deepEqual(openPrograms({ details: { programs: 3 } }), []);
  });
});
