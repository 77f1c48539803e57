import assert from "node:assert/strict";
import { causes } from "../../../agent/protocol/entry.ts";
import { storedCause } from "../../../agent/repository/manifest.ts";

describe("the cause in a manifest", () => {
  it("is one that format 1 knows, whatever the timeline calls it", () => {
    const stored = new Set(causes.map((cause) => storedCause({ cause, label: null })));
    assert.deepEqual([...stored], ["manual", "timer", "guard", "restore", "fork", "import", "pull"]);
  });

  it("takes what an assistant asked for by a name for a person's, and sides of turns for automatic ones", () => {
    assert.equal(storedCause({ cause: "assistant", label: "step 1" }), "manual");
    assert.equal(storedCause({ cause: "assistant", label: null }), "timer");
    assert.equal(storedCause({ cause: "install", label: "mine" }), "timer");
  });
});
