import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../../../agent/protocol/entry.ts";
import { Machine } from "../../support/machine.ts";
import { commandScript } from "../../support/programs.ts";

describe("the command on a terminal", function () {
  this.timeout(60_000);
  let machine: Machine;
  let volume: string;
  let first: string;
  const page = () => readFileSync(join(volume, "page"), "utf8");

  before(async () => {
    machine = await Machine.withPool();
    const folder = machine.makeFolder("shop");
    writeFileSync(join(folder, "page"), "one");
    machine.give(folder);
    const project = await machine.import(folder);
    volume = project.path;
    first = project.snapshotId;
  });
  after(() => machine.end());

  /** Runs the command on a terminal of its own, and gives each question its answer; gives all that was shown. */
  async function onTerminal(
    args: readonly string[],
    { answers = [], env = {} }: { answers?: string[]; env?: Record<string, string> } = {},
  ): Promise<{ shown: string; status: number }> {
    const line = [process.execPath, commandScript, ...args].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qec", line, "/dev/null"], {
      cwd: volume,
      env: { ...process.env, ...machine.env, FORKPOINT_HOME: machine.home, TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let shown = "";
    let asked = 0;
    child.stdout.on("data", (bytes: Buffer) => {
      shown += bytes.toString();
      while (shown.split("[y/N]").length - 1 > asked) child.stdin.write(`${answers[asked++] ?? ""}\n`);
    });
    const status = await new Promise<number>((done, failed) => {
      child.once("error", failed).once("close", (code) => done(code ?? -1));
    });
    return { shown, status };
  }

  it("shows what a restore would do, and does it only after a yes", async () => {
    writeFileSync(join(volume, "page"), "two");
    mkdirSync(join(volume, "node_modules/a"), { recursive: true });
    writeFileSync(join(volume, "node_modules/a/index.js"), "x");
    const refused = await onTerminal(["restore", first.slice(0, 6)], { answers: ["n"] });
    assert.match(refused.shown, /page[^]*node_modules\/.*3 removed/);
    assert.match(refused.shown, /1 modified, 3 removed/);
    assert.match(refused.shown, /Nothing was changed/);
    assert.equal(refused.status, 1);
    assert.equal(page(), "two");
    const agreed = await onTerminal(["restore", first.slice(0, 6)], { answers: ["y"] });
    assert.equal(agreed.status, 0);
    assert.equal(page(), "one");
  });

  it("asks before an undo, unless told not to, and never without a terminal", async () => {
    const refused = await onTerminal(["undo"], { answers: [""] });
    assert.match(refused.shown, /The newest restore is/);
    assert.equal(page(), "one");
    assert.equal((await onTerminal(["undo", "--dry-run"])).status, 0);
    assert.equal(page(), "one");
    const told = await onTerminal(["undo", "--yes"]);
    assert.equal(page(), "two");
    assert.doesNotMatch(told.shown, /y\/N/);
    const piped = await machine.run(["undo"], volume);
    assert.equal(piped.exitCode, 0);
    assert.equal(page(), "one");
  });

  it("looks at nothing but the chosen paths with --dry-run, and prints them as JSON", async () => {
    writeFileSync(join(volume, "page"), "three");
    writeFileSync(join(volume, "other"), "new");
    const { changes } = await machine.json<{ changes: { path: string; kind: string }[] }>(
      ...["restore", "shop", first, "--path", "page", "--dry-run"],
    );
    assert.deepEqual(
      changes.map(({ path, kind }) => `${kind} ${path}`),
      ["modified page"],
    );
    assert.equal(page(), "three");
  });

  it("pages what is longer than the screen through PAGER, without a shell, and only there", async () => {
    for (let at = 0; at < 60; at++) writeFileSync(join(volume, `file-${at}`), "x");
    const seen = machine.path("seen by the pager");
    const pager = machine.path("pager.mjs");
    writeFileSync(
      pager,
      `import { writeFileSync } from "node:fs"; import { text } from "node:stream/consumers";
       writeFileSync(${JSON.stringify(seen)}, process.argv.slice(2).join(" ") + "\\n" + await text(process.stdin));`,
    );
    const env = { PAGER: `${process.execPath} ${pager} a;b $HOME` };
    const paged = await onTerminal(["diff", first], { env });
    assert.equal(paged.status, 0);
    const read = readFileSync(seen, "utf8");
    assert.match(read, /^a;b \$HOME\n/);
    assert.match(read, /file-59/);
    assert.doesNotMatch(paged.shown, /file-59/);
    rmSync(seen);
    assert.match((await onTerminal(["log"], { env })).shown, /LABEL/);
    assert.match((await machine.run(["diff", first], volume)).out, /file-59/);
    assert.equal(existsSync(seen), false);
    const missing = await onTerminal(["diff", first], { env: { PAGER: "/no/such/pager" } });
    assert.match(missing.shown, /file-59/);
  });

  it("ends quietly when the pager is left before it has read all", async () => {
    for (let at = 0; at < 2000; at++) writeFileSync(join(volume, `${at}-${"long".repeat(20)}`), "");
    const { shown, status } = await onTerminal(["diff", first], { env: { PAGER: "head -n 1" } });
    assert.equal(status, 0);
    assert.doesNotMatch(shown, /error/);
  });

  it("compares the text of files, and says of what it did not", async () => {
    const from = await machine.json<Entry>("snapshot", "shop");
    writeFileSync(join(volume, "text"), "a\nb\n");
    writeFileSync(join(volume, "large"), "x".repeat(1024 * 1024 + 1));
    writeFileSync(join(volume, "bytes"), Buffer.from([0, 1, 2, 255]));
    mkdirSync(join(volume, "node_modules/a"), { recursive: true });
    writeFileSync(join(volume, "node_modules/a/index.js"), "x\n");
    const to = await machine.json<Entry>("snapshot", "shop");
    writeFileSync(join(volume, "moved"), "");
    rmSync(join(volume, "bytes"));
    renameSync(join(volume, "text"), join(volume, "renamed"));
    writeFileSync(join(volume, "renamed"), "a\nB\n");
    const diff = async (...args: string[]) => (await machine.run(["diff", ...args], volume)).out;
    assert.equal(
      await diff("--stat", from.snapshotId, to.snapshotId),
      [
        ...["A  bytes  binary, 4 B", "A  large  too large to compare, 1.0 MiB", "A  text  +2 -0"],
        ...["…  node_modules/  3 added  2 B", "6 added", ""],
      ].join("\n"),
    );
    assert.equal(
      await diff("-p", from.snapshotId, to.snapshotId, "text", "node_modules"),
      [
        ...["A  node_modules: a directory", "A  node_modules/a: a directory"],
        ...["--- /dev/null", "+++ b/node_modules/a/index.js", "@@ -0,0 +1 @@", "+x"],
        ...["--- /dev/null", "+++ b/text", "@@ -0,0 +1,2 @@", "+a", "+b", ""],
      ].join("\n"),
    );
    const now = await diff("-p", to.snapshotId);
    assert.match(now, /^D {2}bytes: binary, 4 B$/m);
    assert.match(now, /^R {2}text → renamed: another name/m);
    assert.match(now, /^--- a\/renamed\n\+\+\+ b\/renamed\n@@ -1,2 \+1,2 @@\n a\n-b\n\+B$/m);
    const none = await machine.error("diff", "shop", from.snapshotId, "never");
    assert.equal(none.code, "PATH_NOT_FOUND");
  });

  it("prints a file as it was, and refuses to put a binary one on the screen", async () => {
    writeFileSync(join(volume, "page"), "as it was\u001b[31m\n");
    writeFileSync(join(volume, "binary"), Buffer.from([0, 1, 2, 255]));
    const { snapshotId } = await machine.json<Entry>("snapshot", "shop");
    writeFileSync(join(volume, "page"), "as it is\n");
    const shown = await onTerminal(["show", snapshotId.slice(0, 6), "page"]);
    assert.match(shown.shown, /as it was\[31m/);
    assert.equal((await machine.run(["show", snapshotId, "page"], volume)).out, "as it was\u001b[31m\n");
    assert.match((await onTerminal(["show", snapshotId, "binary"])).shown, /binary is no text/);
    assert.equal((await machine.run(["show", snapshotId, "binary"], volume)).exitCode, 0);
    const none = await machine.error("show", "shop", snapshotId, "binary");
    assert.equal(none.code, "BAD_REQUEST");
    const outside = await machine.run(["show", snapshotId, "../page"], volume);
    assert.match(outside.err, /PATH_OUTSIDE_VOLUME/);
  });
});
