import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFile, englishBundle } from "../../scripts/l10n.mjs";
import { checkout } from "../../scripts/paths.mjs";

describe("the texts for translators", () => {
  it("are those of the sources; `npm run l10n` writes them anew", () => {
    assert.equal(readFileSync(join(checkout, bundleFile), "utf8"), englishBundle());
  });

  it("are translated before a table of them is made", () => {
    for (const main of ["extension/main.ts", "webview/health/main.ts", "webview/timeline/main.ts"]) {
      assert.match(readFileSync(join(checkout, main), "utf8"), /^import "\.{1,2}\/language\.ts";\n/, main);
    }
  });
});
