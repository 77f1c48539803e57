import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

describe("a terminal without shell integration", () => {
  withSettings({ maxSnapshots: 50 });
  let shop: OpenProject;
  let terminal: vscode.Terminal;

  before(async () => {
    shop = await OpenProject.open();
    await vscode.workspace
      .getConfiguration("terminal.integrated.shellIntegration")
      .update("enabled", false, vscode.ConfigurationTarget.Global);
    // A shell that VS Code knows no integration for.
    terminal = vscode.window.createTerminal({ name: "Plain", shellPath: "/bin/sh", cwd: shop.project.path });
    terminal.show();
    await terminal.processId;
  });
  after(async () => {
    terminal.dispose();
    await vscode.workspace
      .getConfiguration("terminal.integrated.shellIntegration")
      .update("enabled", undefined, vscode.ConfigurationTarget.Global);
    for (const name of ["installed", "package.json"])
      rmSync(join(shop.project.path, name), { recursive: true, force: true });
    shop.dispose();
  });

  it("tells nothing of a command, so that no snapshot claims to be of it", async () => {
    shop.write("package.json", "{}");
    const before = await shop.snapshot("before a plain terminal");
    await eventually("the snapshot before", () =>
      shop.api.entries.some(({ snapshotId }) => snapshotId === before.snapshotId),
    );
    const known = new Set(shop.api.entries.map(({ snapshotId }) => snapshotId));
    terminal.sendText("npm install ./nowhere; echo yes > installed; rm -rf src/gone");
    await eventually("what the command wrote", () => shop.has("installed"));
    assert.equal(terminal.shellIntegration, undefined);
    const taken = await shop.snapshot("after a plain terminal");
    await eventually("the snapshot", () =>
      shop.api.entries.some(({ snapshotId }) => snapshotId === taken.snapshotId),
    );
    const since = shop.api.entries.filter(({ snapshotId }) => !known.has(snapshotId));
    assert.deepEqual(
      since.map(({ cause, act }) => [cause, act]),
      [["manual", null]],
    );
  });

  it("leaves the other causes as they are", async () => {
    const task = new vscode.Task(
      { type: "shell" },
      vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace,
      "write again",
      "Workspace",
      new vscode.ShellExecution("echo again > installed; sleep 1"),
    );
    await vscode.tasks.executeTask(task);
    const entry = await eventually("the task's entry", () =>
      shop.api.entries.find(
        ({ act }) => act?.what.startsWith("write again") === true && act.outcome !== "running",
      ),
    );
    assert.equal(entry.act?.cause, "task");
  });
});
