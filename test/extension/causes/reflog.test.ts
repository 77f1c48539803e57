import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastGitCommand } from "../../../extension/causes/reflog.ts";

describe("what Git did last", () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      cwd: root,
      stdio: "pipe",
    });
  const commit = (name: string) => {
    writeFileSync(join(root, name), name);
    git("add", "-A");
    git("commit", "-qm", name);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "reflog-"));
    git("init", "-q", "-b", "main");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is told as a person would type it, and a commit is nothing", async () => {
    assert.equal(await lastGitCommand(root), null);
    commit("one");
    assert.equal(await lastGitCommand(root), null);
    git("checkout", "-qb", "feature/x");
    assert.equal(await lastGitCommand(root), "git checkout feature/x");
    commit("two");
    git("switch", "-q", "main");
    assert.equal(await lastGitCommand(root), "git checkout main");
    git("merge", "-q", "feature/x");
    assert.equal(await lastGitCommand(root), "git merge feature/x");
    git("reset", "-q", "--hard", "HEAD~1");
    assert.equal(await lastGitCommand(root), "git reset HEAD~1");
    commit("three");
    git("rebase", "-q", "feature/x");
    assert.equal(await lastGitCommand(root), "git rebase");
    git("revert", "--no-edit", "HEAD");
    assert.equal(await lastGitCommand(root), "git revert");
    git("commit", "-q", "--amend", "-m", "merge: of words");
    assert.equal(await lastGitCommand(root), null);
  });

  it("is told of a pull", async () => {
    commit("one");
    const origin = root;
    const clone = mkdtempSync(join(tmpdir(), "reflog-"));
    execFileSync("git", ["clone", "-q", origin, clone]);
    commit("two");
    try {
      execFileSync("git", ["pull", "-q"], { cwd: clone, stdio: "pipe" });
      assert.equal(await lastGitCommand(clone), "git pull -q");
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  it("is found from a worktree", async () => {
    commit("one");
    git("worktree", "add", "-q", "tree");
    execFileSync("git", ["checkout", "-qb", "there"], { cwd: join(root, "tree") });
    assert.equal(await lastGitCommand(join(root, "tree")), "git checkout there");
  });
});
