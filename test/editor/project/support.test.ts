import assert from "node:assert/strict";
import { homedir, hostname } from "node:os";
import * as vscode from "vscode";
import { eventually } from "../support/eventually.ts";
import { OpenProject } from "../support/openProject.ts";

describe("a support bundle made in the window", () => {
  let opened: OpenProject;
  before(async () => (opened = await OpenProject.open()));
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    opened.dispose();
  });

  const shown = () =>
    vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === "forkpoint-support");

  it("shows all that it holds before it is saved, and nothing that is private", async () => {
    const secret = "the label that Hieronymus gave";
    opened.write("src/Nightingale.js", "1\n");
    await opened.snapshot(secret);
    await opened.run("saveSupportBundle");
    const { document } = await eventually("the text of the bundle", shown);
    const text = document.getText();
    for (const wanted of [
      "Nothing is sent anywhere.",
      "versions.json",
      "doctor.json",
      "window.json",
      "agent.log",
    ])
      assert.ok(text.includes(wanted), wanted);
    assert.match(text, /"vscode": "\d/);
    const names = [secret, "Hieronymus", "Nightingale", opened.project.path, opened.project.slug, hostname()];
    for (const name of [...names, `${homedir()}/`]) assert.ok(!text.includes(name), `${name} in ${text}`);
  });

  it("cannot be changed, and asks nobody to save it", async () => {
    const editor = await eventually("the text of the bundle", shown);
    const text = editor.document.getText();
    await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand("type", { text: "x" });
    assert.equal(editor.document.getText(), text);
    assert.equal(editor.document.isDirty, false);
  });
});
