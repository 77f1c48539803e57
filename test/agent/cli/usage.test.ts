import assert from "node:assert/strict";
import { ranCli } from "../../support/ranCli.ts";
import { ServedShop } from "./rig/servedShop.ts";

describe("the usage of the command", () => {
  let shell: ServedShop;
  before(async () => {
    shell = await ServedShop.start();
  });
  after(() => shell.stop());

  it("ends wrong usage with 2, as JSON when asked", async () => {
    const lines = [
      "nonsense",
      "fork",
      "snapshot --colour",
      "pool create --image x --size huge",
      "diff",
      "diff 4aaa --stat --patch",
      "log --since yesterday",
      "log --cause whim",
      "log -n 0",
      "show a b c d",
      "history",
      "history a b c",
      "history src -n none",
      "restore",
      "pool",
      "agent logs --lines none",
      "undo --open-files maybe",
      "pool remove",
      "verify --sample 0",
      "verify --sample 5% --full",
      "gc --keep-days some",
      "store limit --upload 5",
      "store gc --every day",
      "store limit --upload fast",
      "cat 4aaa",
      "cat 4aaa file",
      "ls a b c d",
    ];
    for (const line of lines) {
      const { exitCode, out, err } = await shell.run(`${line} --json`);
      assert.equal(exitCode, 2, line);
      assert.equal(out, "", line);
      const { error } = JSON.parse(err) as { error: Record<string, string> };
      assert.equal(error["code"], "BAD_REQUEST", line);
      assert.ok(error["message"] && error["hint"], line);
    }
    assert.equal((await ranCli([], { home: shell.home })).exitCode, 2);
  });

  it("says so when the current directory lies in no project", async () => {
    const ran = await ranCli(["snapshot"], { home: shell.home, cwd: "/elsewhere" });
    assert.equal(ran.exitCode, 1);
    assert.match(ran.err, /\/elsewhere lies in no project\. \[PROJECT_NOT_FOUND\]/);
  });

  it("has a help text with an example for every verb", async () => {
    const verbs = [
      ...[
        "snapshot",
        "log",
        "show",
        "history",
        "diff",
        "restore",
        "retention",
        "undo",
        "fork",
        "push",
        "pull",
        "status",
        "doctor",
      ],
      ...[
        "pool create",
        "pool adopt",
        "pool status",
        "pool remove",
        "store set",
        "store show",
        "store check",
        "store pause",
        "store limit",
        "store gc",
        "store resume",
      ],
      ...["project import", "project list", "project show", "project delete"],
      ...["agent start", "agent stop", "agent status", "agent logs", "mcp"],
    ];
    for (const verb of verbs) {
      const { exitCode, out } = await shell.run(`${verb} --help`);
      assert.equal(exitCode, 0, verb);
      assert.match(out, new RegExp(`Examples?:\n.*forkpoint ${verb}`), verb);
      assert.match(out, /--json/, verb);
    }
  });
});
