import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { DependencyChanges } from "../../../agent/protocol/dependencies.ts";
import { eventually } from "../support/eventually.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";
import { typeText } from "../support/typeText.ts";

describe("the tools for language models", () => {
  let opened: OpenProject;

  before(async () => (opened = await OpenProject.open()));
  after(() => opened.dispose());

  const use = async (name: string, input: object): Promise<unknown> => {
    const { content } = await vscode.lm.invokeTool(`forkpoint_${name}`, {
      input,
      toolInvocationToken: undefined,
    });
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return JSON.parse(part.value);
  };

  it("are offered", () => {
    const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith("forkpoint_"));
    assert.deepEqual(names.toSorted(), [
      "forkpoint_diff",
      "forkpoint_fork",
      "forkpoint_restore",
      "forkpoint_snapshot",
      "forkpoint_timeline",
    ]);
  });

  it("take a snapshot with their own cause, list it and say what has changed since", async () => {
    opened.write("src/tool.js", "one\n");
    const taken = (await use("snapshot", { label: "by a model" })) as {
      created: boolean;
      snapshot: { snapshotId: string; cause: string };
    };
    assert.deepEqual([taken.created, taken.snapshot.cause], [true, "assistant"]);
    const listed = (await use("timeline", { text: "by a MODEL" })) as { snapshots: { snapshotId: string }[] };
    assert.deepEqual(
      listed.snapshots.map(({ snapshotId }) => snapshotId),
      [taken.snapshot.snapshotId],
    );
    opened.write("src/tool.js", "two\n");
    const { changes } = (await use("diff", { from: taken.snapshot.snapshotId })) as {
      changes: { path: string }[];
    };
    assert.deepEqual(
      changes.map(({ path }) => path),
      ["src/tool.js"],
    );
  });

  it("fork", async () => {
    const { folder } = (await use("fork", { name: "model-fork" })) as { folder: string };
    assert.ok(existsSync(join(folder, "src/tool.js")));
    await opened.agent.call("project/delete", { project: "model-fork" });
  });

  // A window under test answers the question that comes first with yes.
  it("restore, and say how to go back", async () => {
    const entry = await opened.snapshot("to come back to");
    const before = opened.read("src/tool.js");
    opened.write("src/tool.js", "three\n");
    const answer = await use("restore", { snapshot: entry.snapshotId, paths: ["src/tool.js"] });
    assert.equal(opened.read("src/tool.js"), before);
    const { undoneBy } = answer as { undoneBy: { restoring: string } };
    await use("restore", { snapshot: undoneBy.restoring });
    assert.equal(opened.read("src/tool.js"), "three\n");
  });

  it("restore only parts, over an unsaved editor of what stays, and say which packages differ", async () => {
    const lock = (version: string) =>
      JSON.stringify({ lockfileVersion: 3, packages: { "node_modules/left-pad": { version } } });
    opened.write("src/package-lock.json", lock("1.2.0"));
    const { snapshotId } = await opened.snapshot("before an upgrade");
    opened.write("src/package-lock.json", lock("1.3.0"));
    opened.write("src/tool.js", "four\n");
    const { packages } = (await use("diff", { from: snapshotId })) as { packages: DependencyChanges };
    assert.deepEqual(packages.lockfiles[0]?.packages, [
      { name: "left-pad", before: ["1.2.0"], after: ["1.3.0"] },
    ]);
    const document = await typeText(opened.uri("src/tool.js"), "// stays\n");
    await use("restore", { snapshot: snapshotId, parts: ["dependencies"] });
    assert.equal(opened.read("src/package-lock.json"), lock("1.2.0"));
    assert.equal(opened.read("src/tool.js"), "four\n");
    assert.equal(document.isDirty, true);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    const { undoneBy } = (await use("restore", { snapshot: snapshotId, parts: ["files"] })) as {
      undoneBy: unknown;
    };
    assert.ok(undoneBy);
    assert.notEqual(opened.read("src/tool.js"), "four\n");
  });

  it("restore nothing over an unsaved editor", async () => {
    const [entry] = opened.api.entries;
    const document = await typeText(opened.uri("src/tool.js"), "// precious\n");
    await assert.rejects(use("restore", { snapshot: entry?.snapshotId ?? "" }), /src\/tool\.js/);
    assert.equal(document.isDirty, true);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  describe("are a turn of an assistant", () => {
    withSettings({ maxSnapshots: 50 });
    /** Turns are over as soon as no tool is called for so long. */
    const quietly = async (work: () => Promise<unknown>) => {
      process.env["FORKPOINT_TURN_QUIET_MS"] = "1000";
      try {
        await work();
      } finally {
        delete process.env["FORKPOINT_TURN_QUIET_MS"];
      }
    };
    const timeline = async () =>
      (await opened.agent.call("timeline/list", { project: opened.project.projectId })).entries;
    const over = async () =>
      eventually("the end of the turn", async () =>
        (await timeline()).every(({ act }) => act?.outcome !== "running"),
      );
    // What was called before belongs to one that would go on for a minute.
    before(async () => {
      await quietly(() => use("timeline", {}));
      await over();
    });

    it("which keeps what was there before the first call, and what came of it", async () => {
      const known = (await timeline()).map(({ snapshotId }) => snapshotId);
      opened.write("src/tool.js", "by a person\n");
      await quietly(() => use("timeline", { limit: 1 }));
      opened.write("src/tool.js", "by a model\n");
      const entry = await eventually("what came of the turn", async () =>
        (await timeline()).find(
          ({ act, snapshotId }) =>
            act?.what === "assistant" &&
            act.afterId === snapshotId &&
            act.change &&
            !known.includes(snapshotId),
        ),
      );
      assert.deepEqual([entry.cause, entry.act?.outcome, entry.act?.change?.files], ["assistant", "done", 1]);
      const before = (await timeline()).find(({ snapshotId }) => snapshotId === entry.act?.beforeId);
      const text = (path = "") => readFileSync(join(path, "src/tool.js"), "utf8");
      assert.deepEqual([text(before?.path), text(entry.path)], ["by a person\n", "by a model\n"]);
    });

    describe("that is switched off", () => {
      withSettings({ "causes.assistant": false });
      it("takes nothing", async () => {
        const entries = await timeline();
        opened.write("src/tool.js", "unseen\n");
        await quietly(() => use("timeline", { limit: 1 }));
        assert.equal((await timeline()).length, entries.length);
      });
    });
  });

  it("say what is wrong, with what to do", async () => {
    await assert.rejects(use("diff", { from: "zzzz" }), /SNAPSHOT_NOT_FOUND: .*forkpoint log/);
  });
});
