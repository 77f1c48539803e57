import assert from "node:assert/strict";
import { join } from "node:path";
import { assertGolden } from "../../support/golden.ts";
import type { RanCli } from "../../support/ranCli.ts";
import { ServedShop } from "./rig/servedShop.ts";

describe("what the command prints", () => {
  let shell: ServedShop;
  before(async () => {
    shell = await ServedShop.start();
  });
  after(() => shell.stop());

  const cases: Record<string, string> = {
    snapshot: "snapshot --label L",
    "snapshot-unchanged": "snapshot",
    log: "log",
    "log-path": "log --path package.json",
    show: "show",
    "show-first": "show 4aaa",
    "show-all": "show 7k2m --all",
    "undo-dry-run": "undo --dry-run",
    "restore-dry-run": "restore 4aaa --dry-run",
    history: "history src/server.js",
    "history-few": "history shop src",
    "history-deleted": "history --deleted",
    "history-deleted-none": "history --deleted src",
    "help-history": "history --help",
    "help-log": "log --help",
    "help-show": "show --help",
    "help-undo": "undo --help",
    "undo-operation": "undo --operation 12",
    operations: "operations",
    "help-operations": "operations --help",
    retention: "retention",
    "retention-dry-run": "retention shop --latest 2 --weeks 0 --no-named --dry-run",
    "retention-change": "retention --latest 2",
    "help-retention": "retention --help",
    "log-sizes": "log --sizes",
    delete: "delete shop 7k2m 4aaa",
    "delete-for-good": "delete 7k2m --for-good",
    "help-delete": "delete --help",
    diff: "diff 4aaa",
    restore: "restore 4aaa",
    "undo-equal": "undo",
    fork: "fork --slug try-sqlite",
    push: "push",
    "push-wait": "push --wait",
    status: "status",
    "project-list": "project list",
    "project-show": "project show try-sqlite",
    "pool-status": "pool status",
    "store-show": "store show",
    "store-check": "store check",
    "store-pause": "store pause",
    "store-resume": "store resume",
    "store-gc": "store gc --every 1w",
    "store-limit": "store limit --upload 2M --download off",
    "store-limit-none": "store limit",
    verify: "verify",
    "verify-damaged": "verify --sample 5%",
    repair: "repair",
    "repair-dry-run": "repair --dry-run",
    gc: "gc",
    "gc-dry-run": "gc --dry-run --keep-weekly 8",
    ls: "ls --remote",
    cat: "cat 4aaa src/numbers",
    "help-gc": "gc --help",
    doctor: "doctor",
    "error-with-forks": "project delete shop",
    "error-usage": "fork",
    help: "--help",
    "help-diff": "diff --help",
    "help-restore": "restore --help",
    "help-mcp": "mcp --help",
    "help-store-set": "store set --help",
    "store-keys": "store key list",
  };
  for (const [name, line] of Object.entries(cases)) {
    it(`prints ${line} for people`, async () => {
      const ran = await shell.run(line);
      assertGolden(join(import.meta.dirname, "golden", `${name}.txt`), transcript(line, ran));
    });
  }

  it("uses colours on a terminal alone, and not with NO_COLOR", async () => {
    const escape = "\u001b[";
    assert.ok((await shell.run("timeline", { tty: true })).out.includes(escape));
    assert.ok(!(await shell.run("timeline")).out.includes(escape));
    assert.ok(!(await shell.run("timeline", { tty: true, env: { NO_COLOR: "1" } })).out.includes(escape));
  });
});

function transcript(line: string, { exitCode, out, err }: RanCli): string {
  const parts = [`$ forkpoint ${line}\n`, out, err && `--- stderr\n${err}`, `--- exit ${exitCode}\n`];
  return parts.join("");
}
