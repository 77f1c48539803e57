import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import type { Entry } from "../../../agent/protocol/entry.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

/** Longer than it takes until a state counts as quiet, and than a burst lasts. Milliseconds. */
const apartMs = 5000;

describe("what is done in the window", () => {
  withSettings({ maxSnapshots: 50 });
  let shop: OpenProject;
  let outside: string;
  let terminal: vscode.Terminal;
  before(async () => {
    shop = await OpenProject.open();
    outside = mkdtempSync(join(tmpdir(), "causes-"));
    mkdirSync(join(outside, "local"));
    writeFileSync(join(outside, "local/package.json"), '{"name":"local","version":"1.0.0"}');
    writeFileSync(join(outside, "local/index.js"), "x".repeat(40_000));
    git("init", "-q", "-b", "main", ".");
    shop.write(".gitignore", "node_modules\n");
    git("add", "-A");
    git("commit", "-qm", "first");
    git("checkout", "-qb", "feature");
    shop.write("feature.txt", "of the branch");
    git("add", "-A");
    git("commit", "-qm", "feature");
    git("checkout", "-q", "main");
    terminal = vscode.window.createTerminal({
      name: "Causes",
      shellPath: "/bin/bash",
      cwd: shop.project.path,
    });
    terminal.show();
    await eventually("shell integration", () => terminal.shellIntegration);
    await shop.snapshot("causes begin");
  });
  after(() => {
    terminal.dispose();
    for (const name of [".git", ".gitignore", "node_modules", "package-lock.json", "package.json", "built"]) {
      rmSync(join(shop.project.path, name), { recursive: true, force: true });
    }
    rmSync(outside, { recursive: true });
    shop.dispose();
  });
  beforeEach(() => pause(apartMs));

  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      cwd: shop.project.path,
    });
  /** Types a command into the terminal. */
  const type = (line: string) => terminal.shellIntegration?.executeCommand(line);
  const counted = (what: RegExp) =>
    eventually(`an entry after ${String(what)}`, async () => {
      const { entries } = await shop.agent.call("timeline/list", {
        project: shop.project.projectId,
        limit: 5,
      });
      return entries.find(
        ({ act, snapshotId }) => act && what.test(act.what) && act.afterId === snapshotId && act.change,
      );
    });
  const fileOf = (entries: readonly Entry[], id: string | null | undefined, name: string) => {
    const entry = entries.find(({ snapshotId }) => snapshotId === id);
    assert.ok(entry, "the entry before is not there");
    return readFileSync(join(entry.path, name), "utf8");
  };
  const all = async () =>
    (await shop.agent.call("timeline/list", { project: shop.project.projectId })).entries;

  it("keeps both sides of an npm install in the terminal, and says what it changed", async () => {
    shop.write("package.json", '{"name":"shop","version":"1.0.0"}');
    type(`npm install --install-links --no-audit --no-fund ${join(outside, "local")}`);
    const entry = await counted(/^npm install/);
    assert.equal(entry.cause, "install");
    assert.equal(entry.act?.outcome, "done");
    assert.ok((entry.act.change?.bytes ?? 0) > 40_000);
    assert.deepEqual(entry.act.change?.lockfiles, ["package-lock.json"]);
    assert.doesNotMatch(fileOf(await all(), entry.act.beforeId, "package.json"), /local/);
  });

  it("keeps the state before a checkout in the terminal, though that is over at once", async () => {
    shop.write("prices.txt", "edited just before");
    await pause(apartMs);
    type("git checkout -q -f feature");
    const entry = await counted(/^git checkout -q -f feature/);
    assert.equal(entry.cause, "git");
    const entries = await all();
    assert.equal(fileOf(entries, entry.act?.beforeId, "prices.txt"), "edited just before");
    assert.equal(fileOf(entries, entry.snapshotId, "feature.txt"), "of the branch");
    // The Git extension has seen it too, and it stays one pair.
    await pause(apartMs);
    const told = (await all()).filter(({ act }) => act?.what.includes("git checkout"));
    assert.ok(told.every(({ act }) => act?.actId === entry.act?.actId));
  });

  it("keeps both sides of a checkout that the Git extension makes", async () => {
    const extension = vscode.extensions.getExtension<{
      getAPI(version: 1): { repositories: { checkout(name: string): Promise<void>; rootUri: vscode.Uri }[] };
    }>("vscode.git");
    const api = (await extension?.activate())?.getAPI(1);
    const repository = await eventually("the repository", () => api?.repositories[0]);
    await repository.checkout("main");
    const entry = await counted(/^git checkout main/);
    const entries = await all();
    assert.equal(fileOf(entries, entry.act?.beforeId, "feature.txt"), "of the branch");
    assert.throws(() => fileOf(entries, entry.snapshotId, "feature.txt"), { code: "ENOENT" });
  });

  it("keeps both sides of a merge and a rebase in the terminal", async () => {
    type("git merge -q feature");
    const merged = await counted(/^git merge -q feature/);
    assert.equal(fileOf(await all(), merged.snapshotId, "feature.txt"), "of the branch");
    await pause(apartMs);
    git("checkout", "-qb", "other", "HEAD~1");
    shop.write("other.txt", "other");
    git("add", "other.txt");
    git("commit", "-qm", "other");
    await pause(apartMs);
    type("git -c user.name=Ada -c user.email=ada@example.org rebase -q main");
    const rebased = await counted(/^git .*rebase -q main/);
    const entries = await all();
    assert.equal(fileOf(entries, rebased.snapshotId, "feature.txt"), "of the branch");
    assert.throws(() => fileOf(entries, rebased.act?.beforeId, "feature.txt"), { code: "ENOENT" });
  });

  it("marks the state on which tests passed, and finds it", async () => {
    shop.write("package.json", '{"name":"shop","version":"1.0.0","scripts":{"test":"exit $(cat status)"}}');
    shop.write("status", "0");
    type("npm test");
    const green = await eventually("a green entry", async () =>
      (await all()).find((e) => e.tests === "passed"),
    );
    await pause(apartMs);
    shop.write("status", "3");
    type("npm test");
    await eventually("a red entry", async () => (await all()).find((e) => e.tests === "failed"));
    const found = await shop.run<Entry>("showLastGreen");
    assert.equal(found.snapshotId, green.snapshotId);
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
  });

  it("takes nothing for what changes nothing, or is not known and short", async () => {
    const before = (await all()).length;
    for (const line of ["ls", "git status -s", "echo x > short.txt"]) {
      type(line);
      await pause(1000);
    }
    await pause(apartMs);
    assert.equal((await all()).length, before);
  });

  it("keeps what an unknown command wrote when that is much", async () => {
    type("mkdir -p built && for i in $(seq 300); do echo $i > built/$i.txt; done; sleep 3");
    const entry = await counted(/^mkdir -p built/);
    assert.equal(entry.cause, "terminal");
    assert.ok((entry.act?.change?.added ?? 0) >= 300);
  });

  it("keeps both sides of a large deletion in the Explorer", async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(shop.uri("built"), { recursive: true });
    assert.ok(await vscode.workspace.applyEdit(edit));
    const entry = await counted(/^delete built$/);
    assert.equal(entry.act?.change?.removed, 300);
    assert.equal(fileOf(await all(), entry.act.beforeId, "built/7.txt"), "7\n");
  });

  it("keeps both sides of a task", async () => {
    const task = new vscode.Task(
      { type: "shell" },
      vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace,
      "build",
      "Workspace",
      new vscode.ShellExecution("sleep 1; echo built > result.txt; exit 4"),
    );
    await vscode.tasks.executeTask(task);
    const entry = await counted(/^build/);
    assert.deepEqual([entry.cause, entry.act?.outcome, entry.act?.exitCode], ["task", "failed", 4]);
  });

  it("keeps both sides of a debug session", async () => {
    shop.write("debugged.js", "require('fs').writeFileSync('debugged.txt', 'x');");
    const folder = vscode.workspace.workspaceFolders?.[0];
    const program = join(shop.project.path, "debugged.js");
    const begun = await vscode.debug.startDebugging(folder, {
      ...{ type: "node", request: "launch", name: "Debugged", program, cwd: shop.project.path },
      console: "internalConsole",
    });
    assert.ok(begun);
    const entry = await counted(/^Debugged/);
    assert.equal(entry.cause, "debug");
  });

  describe("that is switched off", () => {
    withSettings({ "causes.install": false });
    it("takes nothing", async () => {
      const before = (await all()).length;
      type("npm rebuild && date > off.txt");
      await eventually("the command's end", () => shop.has("off.txt"));
      await pause(apartMs);
      assert.equal((await all()).length, before);
    });
  });
});
