import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFile, englishBundle } from "../../scripts/l10n.mjs";
import { checkout } from "../../scripts/paths.mjs";

describe("the texts for translators", () => {
  it("are those of the sources; `npm run l10n` writes them anew", () => {
    assert.equal(readFileSync(join(checkout, bundleFile), "utf8"), englishBundle());
  });
});
