import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { runWithOwnNode, setupCommand } from "../../../agent/protocol/setupCommand.ts";
import { shellWords } from "../../../agent/protocol/shellWords.ts";
import { helperDetail } from "../../../extension/helper/helperWords.ts";

describe("the question about the helper", () => {
  it("says what is installed, why, how it is taken back, and the exact command", () => {
    const command = setupCommand(["/usr/bin/node", "/ext/dist/cli.mjs"], "ada");
    const detail = helperDetail("ada", command);
    assert.ok(detail.includes("sudo /usr/bin/node /ext/dist/cli.mjs setup --user ada"));
    for (const said of ["/usr/local/lib/forkpoint", "/var/lib/forkpoint", "/etc/sudoers.d", "--remove"]) {
      assert.ok(detail.includes(said), said);
    }
  });

  it("starts the command with the Node that runs this", () => {
    assert.deepEqual(runWithOwnNode("/x/cli.mjs"), [process.execPath, "/x/cli.mjs"]);
  });

  it("writes a command so that a shell reads the same words", () => {
    const words = ["a b", "it's", "$HOME", "plain-1.2/x", "", "*"];
    const printed = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${shellWords(words)}`], {
      encoding: "utf8",
    });
    assert.deepEqual(printed.split("\n").slice(0, -1), words);
  });
});
