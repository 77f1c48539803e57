import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Act, Entry } from "../../../agent/protocol/entry.ts";
import { Machine } from "../../support/machine.ts";
import { commandScript } from "../../support/programs.ts";

describe("forkpoint run", function () {
  this.timeout(60_000);
  let machine: Machine;
  let volume: string;
  before(async () => {
    machine = await Machine.withPool();
    const folder = machine.makeFolder("shop");
    writeFileSync(join(folder, "page"), "one");
    writeFileSync(join(folder, "package.json"), '{"name":"shop","version":"1.0.0"}');
    const local = machine.makeFolder("local");
    writeFileSync(join(local, "package.json"), '{"name":"local","version":"1.0.0"}');
    mkdirSync(join(local, "lib"));
    for (const name of ["a", "b"]) writeFileSync(join(local, "lib", `${name}.js`), "x".repeat(3000));
    for (const each of [folder, local]) machine.give(each);
    volume = (await machine.import(folder)).path;
  });
  after(() => machine.end());

  const run = (...words: string[]) => machine.run(["run", "--", ...words], volume);
  const log = () => machine.json<Entry[]>("log", "shop");
  /** `forkpoint run`, whose signals a test sends itself. */
  const start = (line: string) => {
    const child = spawn(process.execPath, [commandScript, "run", "--", "sh", "-c", line], {
      cwd: volume,
      env: { ...process.env, ...machine.env, FORKPOINT_HOME: machine.home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, ended: once(child, "close") as Promise<[number | null, string | null]> };
  };

  it("keeps both sides of an npm install and says what it changed", async () => {
    writeFileSync(join(volume, "page"), "before the install");
    const { out, err, exitCode } = await run(
      // However talkative the npm is that runs the tests.
      ...[
        "npm",
        "install",
        "--loglevel=notice",
        "--install-links",
        "--no-audit",
        "--no-fund",
        machine.path("local"),
      ],
    );
    assert.equal(exitCode, 0, err);
    assert.match(out, /added 1 package/);
    assert.match(err, /forkpoint: \d+ files, \+\d+(\.\d)? KiB, package-lock\.json\n/);
    assert.match(err, /`forkpoint restore \w+` goes back to before\./);
    const [after] = await log();
    assert.equal(after?.cause, "install");
    assert.match(after.act?.what ?? "", /^npm install .*--install-links/);
    assert.ok((after.act?.change?.inDependencies ?? 0) >= 3);
    const back = await machine.run(["restore", after.act?.beforeId ?? "", "--yes"], volume);
    assert.equal(back.exitCode, 0, back.err);
    assert.equal(existsSync(join(volume, "node_modules/local")), false);
    assert.equal(readFileSync(join(volume, "page"), "utf8"), "before the install");
  });

  it("passes on the command's words, output and exit status", async () => {
    const { exitCode, out, err } = await run("sh", "-c", 'echo "$1"; echo e >&2; exit 7', "x", "a b'c");
    assert.equal(exitCode, 7);
    assert.equal(out, "a b'c\n");
    assert.match(err, /^e\nforkpoint: nothing changed\n$/);
  });

  it("says as JSON what it changed, on stderr", async () => {
    const ran = await machine.run(["run", "--json", "--", "sh", "-c", "echo two > page; echo out"], volume);
    assert.equal(ran.out, "out\n");
    const { act } = JSON.parse(ran.err) as { act: Act };
    assert.deepEqual([act.cause, act.outcome, act.change?.files], ["terminal", "done", 1]);
  });

  it("says that there is no such program", async () => {
    const { exitCode, err } = await run("no-such-program");
    assert.equal(exitCode, 127);
    assert.match(err, /There is no program no-such-program\. \[TOOL_MISSING\]/);
  });

  it("says of a program that may not be run that it may not, as shells do", async () => {
    writeFileSync(join(volume, "tool"), "#!/bin/sh\n", { mode: 0o644 });
    const { exitCode, err } = await run("./tool");
    assert.equal(exitCode, 126);
    assert.match(err, /\.\/tool cannot be run/);
  });

  it("does not run a command that is in no project", async () => {
    const ran = await machine.run(["run", "--", "touch", "made"], machine.folder);
    assert.equal(ran.exitCode, 1);
    assert.match(ran.err, /PROJECT_NOT_FOUND/);
    assert.equal(existsSync(machine.path("made")), false);
  });

  for (const [signal, status] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const) {
    it(`passes on ${signal}, and keeps what was changed until then`, async () => {
      const { child, ended } = start(`echo ${signal} > page; echo ready; exec sleep 60`);
      await once(child.stdout, "data");
      child.kill(signal);
      assert.deepEqual(await ended, [status, null]);
      const [newest] = await log();
      assert.deepEqual([newest?.act?.outcome, newest?.act?.exitCode], ["unknown", status]);
    });
  }

  it("takes a key that came before the command's end for the command's, also when it hears of it afterwards", async () => {
    const { child, ended } = start("trap : INT; trap 'exit 3' TERM; echo $$; while :; do sleep 0.1; done");
    const [pid] = (await once(child.stdout, "data")) as [Buffer];
    const shell = Number(pid.toString());
    child.kill("SIGINT");
    await sleep(300);
    child.kill("SIGSTOP");
    child.kill("SIGINT");
    process.kill(shell, "SIGTERM");
    while (!/^State:\tZ/m.test(readFileSync(`/proc/${shell}/status`, "utf8"))) await sleep(20);
    child.kill("SIGCONT");
    assert.deepEqual(await ended, [3, null]);
  });

  it("leaves Ctrl-C to the command, however often it comes", async () => {
    const script = join(volume, "stubborn.sh");
    // Ends at the second only, so that the moment of the end is the one when the key arrives.
    writeFileSync(
      script,
      "n=0; trap 'n=$((n + 1)); echo again $n' INT; echo ready; while [ $n -lt 2 ]; do sleep 0.2; done; echo x > page; exit 3",
    );
    const line = [process.execPath, commandScript, "run", "--", "sh", script]
      .map((word) => `'${word}'`)
      .join(" ");
    // Not below a shell, which would take the key for itself.
    const child = spawn("script", ["-qec", `exec ${line}`, "/dev/null"], {
      cwd: volume,
      env: { ...process.env, ...machine.env, FORKPOINT_HOME: machine.home, TERM: "xterm", SHELL: "/bin/sh" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let shown = "";
    child.stdout.on("data", (bytes: Buffer) => {
      const before = shown;
      shown += bytes.toString();
      for (const word of ["ready", "again 1"]) {
        if (shown.includes(word) && !before.includes(word)) child.stdin.write("\u0003");
      }
    });
    const [status] = (await once(child, "close")) as [number];
    assert.equal(status, 3, shown);
    assert.match(shown, /forkpoint: \d file/);
  });
});
