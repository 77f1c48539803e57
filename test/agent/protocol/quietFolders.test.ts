import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quietFolderNames, quietFolderOf } from "../../../agent/protocol/quietFolders.ts";

describe("quietFolderOf", () => {
  it("finds the outermost folder of that name, and only whole names of folders", () => {
    const quiet = ["node_modules", "dist"];
    assert.equal(quietFolderOf("a/node_modules/b/dist/c", quiet), "a/node_modules");
    assert.equal(quietFolderOf("a/node_modules", quiet), null);
    assert.equal(quietFolderOf("a/node_modules_old/c", quiet), null);
  });

  it("knows the names that the editor's setting begins with", () => {
    const manifest = readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8");
    assert.ok(manifest.includes('"forkpoint.quietFolders"'));
    const { contributes } = JSON.parse(manifest) as {
      contributes: { configuration: { properties: Record<string, { default: unknown }> }[] };
    };
    const settings = [contributes.configuration].flat().map(({ properties }) => properties);
    const set = settings.find((properties) => "forkpoint.quietFolders" in properties);
    assert.deepEqual(set?.["forkpoint.quietFolders"]?.default, quietFolderNames);
  });
});
