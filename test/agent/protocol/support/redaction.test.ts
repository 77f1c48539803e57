import assert from "node:assert/strict";
import { Redaction } from "../../../../agent/protocol/support/redaction.ts";

const redaction = new Redaction([
  ["/home/ann/code/shop", "(folder 1)"],
  ["/home/ann", "(home)"],
  ["shop", "(project 1)"],
  ["ann", "(user)"],
  ["it works, finally", "(label)"],
  ["s3cr3t+value/=", "…"],
  ["a", "(short)"],
]);

describe("what is taken out of a text for others", () => {
  const cases: [string, string, string][] = [
    [
      "names as whole words",
      "ann annoys the shop, not a shopper.",
      "(user) annoys the (project 1), not a shopper.",
    ],
    ["a label", "Restored “it works, finally”", "Restored “(name)”"],
    [
      "a folder that is known",
      "The volume /home/ann/code/shop is missing.",
      "The volume (folder 1) is missing.",
    ],
    ["what lies below it", "in /home/ann/code/shop/src/a.ts: no", "in (folder 1)/(path): no"],
    ["any other path", "The image /mnt/My Disk/p.img cannot be read.", "The image (path) cannot be read."],
    ["a path at the end", "Look into /var/lib/thing.", "Look into (path)."],
    ["a path in the home", "cd ~/notes", "cd (path)"],
    ["a file of the workspace", "vim writes to src/plan.md now.", "vim writes to (file) now."],
    ["a bare name of a file", "payroll.xlsx differs", "(file) differs"],
    ["what is quoted", 'It said "my diary" twice', "It said “(name)” twice"],
    ["addresses with credentials", "GET https://u:p@host.example/x?token=1", "GET https://(address)"],
    ["a store", "The store s3://bucket/pre?region=eu is denied.", "The store s3://(address) is denied."],
    ["keys by their form", "with AKIAABCDEFGHIJKLMNOP", "with …"],
    ["passwords", "mysql --password=hunter2 x", "mysql --password=… x"],
    ["a secret that is known", "it was s3cr3t+value/= then", "it was … then"],
    ["long runs of letters and digits", "id 0123456789abcdef0123456789abcdef!", "id (long text)!"],
    ["mail addresses", "by ann.b@example.org today", "by (address) today"],
  ];
  for (const [title, text, expected] of cases) {
    it(`is ${title}`, () => assert.equal(redaction.text(text), expected));
  }

  const kept = [
    "Mounted, 10.0 GiB free.",
    "Run `sudo forkpoint setup`.",
    "btrfs-progs v6.2",
    "Linux 6.1.0-18",
    "docs/problems.md has more",
    "timeline/restore failed (STORE_FULL)",
    "Forkpoint 1.2.3 on Node 24.9.0",
  ];
  for (const text of kept) it(`is nothing of: ${text}`, () => assert.equal(redaction.text(text), text));

  it("is the place of a stack frame, but neither its name nor its line", () => {
    assert.equal(
      redaction.text(
        "Error: no\n    at Restore.run (file:///home/ann/x/dist/agent/main.mjs:12:34)\n    at node:fs:1:2",
      ),
      "Error: no\n    at Restore.run (main.mjs:12:34)\n    at node:fs:1:2",
    );
  });

  it("is in every text of a value, while fields and what this program chose stay", () => {
    assert.deepEqual(
      redaction.value({
        time: "2026-01-02T03:04:05.000Z",
        state: "read-only",
        projectId: "124s6maf0ybq",
        snapshotId: "/home/ann/x",
        list: [{ message: "/home/ann/x is gone", count: 3, done: true, none: null }],
      }),
      {
        time: "2026-01-02T03:04:05.000Z",
        state: "read-only",
        projectId: "124s6maf0ybq",
        snapshotId: "(home)/(path)",
        list: [{ message: "(home)/(path) is gone", count: 3, done: true, none: null }],
      },
    );
  });

  it("is in lines of a log, be they JSON or not", () => {
    assert.equal(
      redaction.logLine('{"level":"info","path":"/home/ann"}'),
      '{"level":"info","path":"(home)"}',
    );
    assert.equal(redaction.logLine("EACCES: /home/ann/x"), "EACCES: (home)/(path)");
  });
});
