import assert from "node:assert/strict";
import * as vscode from "vscode";

describe("the extension on a machine without a pool", () => {
  const extension = () => vscode.extensions.getExtension("forkpoint.forkpoint");

  it("activates", async () => {
    await extension()?.activate();
    assert.equal(extension()?.isActive, true);
  });

  it("registers every command that its manifest names", async () => {
    const manifest = extension()?.packageJSON as { contributes: { commands: { command: string }[] } };
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((id) => !known.has(id));
    assert.deepEqual(missing, []);
  });
});
