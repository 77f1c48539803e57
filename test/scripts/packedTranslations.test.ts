import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { listFiles } from "@vscode/vsce";
import { extensionSources } from "../../scripts/extensionSources.mjs";

const checkout = resolve(import.meta.dirname, "../..");

describe("a translation of the manifest's texts", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "translations-"));
    copyFileSync(join(checkout, ".vscodeignore"), join(folder, ".vscodeignore"));
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "it", publisher: "it", version: "1.0.0", engines: { vscode: "^1.100.0" } }),
    );
    writeFileSync(join(folder, "package.nls.json"), "{}");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("is packed, and packs the extension anew", async () => {
    const before = extensionSources(folder);
    writeFileSync(join(folder, "package.nls.pt-br.json"), "{}");
    writeFileSync(join(folder, "package.other.json"), "{}");
    const packed = await listFiles({ cwd: folder });
    assert.deepEqual(packed.sort(), ["package.json", "package.nls.json", "package.nls.pt-br.json"]);
    assert.notEqual(extensionSources(folder), before);
  });
});
