import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import {
  type Launched,
  LauncherGone,
  ProgramLauncher,
} from "../../../agent/host/launcher/programLauncher.ts";
import { ProcessFailed, Processes } from "../../../agent/host/processes.ts";

describe("starting programs by way of a launcher", () => {
  const launcher = new ProgramLauncher();
  const processes = new Processes(launcher);
  const start = async (...words: [string, ...string[]]): Promise<Launched> => {
    const [program, ...args] = words;
    const launched = await launcher.start(program, args, { stdin: true });
    assert.ok(launched, "there is a launcher");
    return launched;
  };
  const shell = (line: string, options = {}) => processes.run("sh", ["-c", line], options);

  it("gives what a program writes, and its status", async () => {
    const { stdout, stderr } = await shell("echo out; echo err >&2");
    assert.deepEqual([stdout.toString(), stderr], ["out\n", "err\n"]);
    await assert.rejects(shell("echo why >&2; exit 3"), (thrown: unknown) => {
      assert.ok(thrown instanceof ProcessFailed);
      assert.deepEqual([thrown.program, thrown.exitCode, thrown.stderr], ["sh", 3, "why\n"]);
      return true;
    });
    await assert.rejects(shell("kill -9 $$"), (thrown: unknown) => {
      return thrown instanceof ProcessFailed && thrown.exitCode === undefined;
    });
  });

  it("takes words as they are, input of any size, and a folder", async () => {
    const words = ["a b", "'\"$HOME*", "", "-n", "ü\n"];
    const { stdout } = await processes.run("printf", ["[%s]", ...words]);
    assert.equal(stdout.toString(), words.map((word) => `[${word}]`).join(""));
    const input = Buffer.alloc(20_000_000, "many ");
    assert.ok((await processes.run("cat", [], { input })).stdout.equals(input));
    assert.equal((await processes.run("head", ["-c", "5"], { input })).stdout.toString(), "many ");
    assert.equal((await processes.run("pwd", [], { cwd: "/usr" })).stdout.toString(), "/usr\n");
  });

  it("says that there is no such program", async () => {
    await assert.rejects(processes.run("no-such-program", []), { code: "TOOL_MISSING" });
  });

  it("lets many run side by side", async () => {
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, at) => shell(`sleep 0.0${at % 7}; echo ${at}`)),
    );
    assert.deepEqual(
      all.map(({ stdout }) => Number(stdout)),
      all.map((_, at) => at),
    );
  });

  it("misses the end of none, however soon it comes", async () => {
    for (let round = 0; round < 300; round++) await shell(round % 2 ? "exit 0" : "exec true");
  });

  it("ends what is cancelled", async () => {
    const cancel = new AbortController();
    const run = shell("echo begun; exec sleep 60", { signal: cancel.signal });
    await pause(50);
    cancel.abort();
    await assert.rejects(run, { code: "CANCELLED" });
    await assert.rejects(shell("true", { signal: AbortSignal.abort() }), { code: "CANCELLED" });
  });

  it("gives a program no descriptors and no dispositions of signals but its own", async () => {
    const line = "echo $(ls /proc/self/fd); grep Sig[BI] /proc/self/status";
    const { stdout } = await shell(line);
    const { stdout: fromHere } = await new Processes().run("sh", ["-c", line]);
    assert.equal(stdout.toString(), fromHere.toString());
  });

  it("hangs up on whoever has no token, and on whoever says nothing", async () => {
    const addresses = () => readFileSync("/proc/net/unix", "utf8").match(/@forkpoint-[0-9a-f]{32}/g) ?? [];
    const others = new Set(addresses());
    const strict = new ProgramLauncher({ introductionMs: 50 });
    const running = await strict.start("sh", ["-c", "sleep 0.3; echo slow"]);
    const address =
      addresses()
        .find((each) => !others.has(each))
        ?.replace("@", "\0") ?? "";
    for (const said of [`${"0".repeat(32)}\n`, "0123", ""]) {
      const socket = connect(address).on("error", () => undefined);
      socket.write(said);
      await once(socket.resume(), "close");
    }
    assert.equal(Buffer.concat((await running?.stdout.toArray()) ?? []).toString(), "slow\n");
  });

  it("starts from here what needs another environment", async () => {
    process.env["FORKPOINT_TEST_CHANGED"] = "yes";
    try {
      assert.equal(await launcher.start("true", []), null);
      assert.equal((await shell("echo $FORKPOINT_TEST_CHANGED")).stdout.toString(), "yes\n");
    } finally {
      delete process.env["FORKPOINT_TEST_CHANGED"];
    }
    const { stdout } = await shell("echo $LC_ALL");
    assert.equal(stdout.toString(), "C\n");
  });

  it("reports what it cannot tell any more when it is killed, and goes on with another", async () => {
    const running = await start("sh", "-c", "echo $PPID; read wait");
    const [line] = (await running.stdout.take(1).toArray()) as Buffer[];
    process.kill(Number(line?.toString()), "SIGKILL");
    await assert.rejects(running.ended, LauncherGone);
    running.stdin?.end();
    assert.equal((await shell("echo again")).stdout.toString(), "again\n");
    assert.equal((await processes.run("cat", [], { input: Buffer.from("x") })).stdout.toString(), "x");
  });
});
