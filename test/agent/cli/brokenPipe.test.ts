import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { commandScript } from "../../support/programs.ts";

describe("the command in a pipe", () => {
  it("ends quietly when the reader has seen enough", () => {
    // The reader is gone before the command writes, so that the pipe is broken every time.
    const said = execFileSync(
      "bash",
      [
        "-c",
        `exec 2>&1; { sleep 0.2; "$0" "$1" --help; echo "status $?" >&2; } | true`,
        process.execPath,
        commandScript,
      ],
      { encoding: "utf8" },
    );
    assert.equal(said, "status 0\n");
  });
});
