import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { runInTerminal } from "../../../extension/helper/runInTerminal.ts";

describe("a command that runs in a terminal", () => {
  it("has its arguments as they are, shows itself, and tells how it ended", async () => {
    const folder = mkdtempSync(join(tmpdir(), "terminal-"));
    const file = join(folder, "file");
    const status = await runInTerminal("Told", [
      "/bin/sh",
      "-c",
      'echo "$1" > "$2"; exit 3',
      "sh",
      "a $b",
      file,
    ]);
    assert.equal(status, 3);
    assert.equal(readFileSync(file, "utf8"), "a $b\n");
    assert.ok(vscode.window.terminals.some(({ name }) => name.includes("Told")));
    rmSync(folder, { recursive: true });
  });

  it("has no status when it cannot be started", async () => {
    assert.notEqual(await runInTerminal("Absent", ["/no/such/program"]), 0);
  });
});
