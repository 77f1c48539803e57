import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import type { Store, StoreKey } from "../../../agent/protocol/store.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { Machine } from "../../support/machine.ts";
import { commandScript } from "../../support/programs.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

const passphrase = "Quetzalcoatl rides again";
const next = "Tlaloc stays at home";
/** The steps build on each other; a failed one fails those after it. */
describe("a person with an encrypted store", function () {
  this.timeout(120_000);
  let here: Machine;
  let there: Machine;
  let url: string;
  let print: string;
  before(async () => {
    here = await Machine.withPool();
    there = await Machine.withPool();
    url = `dir://${here.makeFolder("store")}`;
    writeFileSync(here.path("passphrase"), `${passphrase}\n`);
    writeFileSync(here.path("next"), next);
    writeFileSync(here.path("wrong"), "Ehecatl is in the wind");
    writeFileSync(here.path("key"), randomBytes(32));
    const source = here.makeFolder("shop");
    writeFileSync(join(source, "file"), "text");
    await here.import(source);
  });
  after(async () => {
    await here.end();
    await there.end();
  });

  /** What a person at a terminal gets, who types these lines when asked. */
  const atTerminal = async (machine: Machine, args: readonly string[], lines: readonly string[]) => {
    const line = [process.execPath, commandScript, ...args].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      env: { ...process.env, ...machine.env, FORKPOINT_HOME: machine.home },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const status = new Promise<number>((done, failed) => {
      child.once("error", failed).once("exit", (code) => done(code ?? -1));
    });
    const wanted = [...lines];
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      shown += chunk;
      // It asks with the cursor behind a colon; what is typed before would be echoed.
      if (!chunk.endsWith(": ")) return;
      const typed = wanted.shift();
      if (typed !== undefined) child.stdin.write(`${typed}\r`);
    });
    const exitCode = await status;
    return { exitCode, shown };
  };
  const file = (name: string) => here.path(name);

  it("is asked for a passphrase twice, unseen, and told what it is worth", async () => {
    const { exitCode, shown } = await atTerminal(
      here,
      ["store", "set", url, "--encrypt"],
      [passphrase, passphrase],
    );
    assert.equal(exitCode, 0, shown);
    assert.match(shown, /Without this passphrase nothing in the store can be read/);
    assert.match(shown, /Encrypted: +yes/);
    assert.ok(!shown.includes(passphrase) && !shown.includes("Quetz"), shown);
    await here.json("push", "shop", "--wait");
    print = treeFingerprint((await here.json<Project>("project", "show", "shop")).path);
  });

  it("finds it locked when the agent was started again", async () => {
    await here.stopAgent();
    writeFileSync(join((await here.json<Project>("project", "show", "shop")).path, "more"), "more");
    await here.json("snapshot", "shop");
    assert.equal((await here.error("push", "shop", "--wait")).code, "REPOSITORY_LOCKED");
    const { health, store } = await here.json<Result<"project/status">>("status", "shop");
    assert.deepEqual([health.state, health.action, store?.state], ["locked", "unlockStore", "locked"]);
  });

  it("opens it with the passphrase alone", async () => {
    const wrong = await here.error("store", "unlock", "--passphrase-file", file("wrong"));
    assert.equal(wrong.code, "KEY_WRONG");
    assert.doesNotMatch(JSON.stringify(wrong), /Ehecatl/);
    assert.equal((await here.error("store", "unlock", "--key-file", file("key"))).code, "KEY_WRONG");
    const { exitCode, shown } = await atTerminal(here, ["store", "unlock"], [passphrase]);
    assert.equal(exitCode, 0, shown);
    assert.ok(!shown.includes("Quetz"), shown);
    await here.json("push", "shop", "--wait");
    const entries = await here.json<Entry[]>("timeline", "shop");
    assert.ok(entries.every(({ durability }) => durability === "durable"));
    print = treeFingerprint((await here.json<Project>("project", "show", "shop")).path);
  });

  it("is told what is wrong with what was named", async () => {
    for (const [args, words] of [
      [["--passphrase-file", file("nowhere")], /cannot be read/],
      [["--key-file", file("passphrase")], /no key file/],
      [["--key-file", file("key"), "--passphrase-file", file("next")], /in one way/],
    ] as const) {
      const { code, message, exitCode } = await here.error("store", "unlock", ...args);
      assert.deepEqual([code, exitCode], ["BAD_REQUEST", 2]);
      assert.match(message, words);
    }
    // Standard input is no terminal here, and empty.
    assert.equal((await here.error("store", "unlock")).code, "BAD_REQUEST");
    assert.equal((await here.error("store", "unlock", "--passphrase-stdin")).code, "BAD_REQUEST");
    const both = await here.error("store", "set", url, "--plain", "--key-file", file("key"));
    assert.equal(both.code, "BAD_REQUEST");
  });

  it("adds a key file, lists both, and changes the passphrase", async () => {
    const added = await here.json<StoreKey>(
      "store",
      "key",
      "add",
      "--label",
      "spare",
      "--key-file",
      file("key"),
    );
    assert.deepEqual([added.kind, added.label], ["keyFile", "spare"]);
    const change = ["store", "key", "change", "--passphrase-file"];
    const refused = await here.error(...change, file("wrong"), "--new-passphrase-file", file("next"));
    assert.equal(refused.code, "KEY_WRONG");
    await here.json(...change, file("passphrase"), "--new-passphrase-file", file("next"));
    const keys = await here.json<StoreKey[]>("store", "key", "list");
    assert.deepEqual(
      keys.map(({ label }) => label),
      ["spare", "first"],
    );
    assert.equal((await here.error("store", "key", "remove", "0000000000000000")).code, "KEY_NOT_FOUND");
  });

  it("locks it, and the key is gone from this machine", async () => {
    assert.equal((await here.json<Store>("store", "lock")).state, "locked");
    assert.equal((await here.error("pull", "shop", "--slug", "again")).code, "REPOSITORY_LOCKED");
    const old = await here.error("store", "unlock", "--passphrase-file", file("passphrase"));
    assert.equal(old.code, "KEY_WRONG");
    await here.json("pull", "shop", "--slug", "again", "--passphrase-file", file("next"));
  });

  it("gets all of it elsewhere with the key file, which is remembered when asked to be", async () => {
    assert.equal((await there.error("store", "set", url)).code, "REPOSITORY_LOCKED");
    await there.json("store", "set", url, "--key-file", file("key"), "--remember");
    await there.stopAgent();
    const pulled = await there.json<Project>("pull", "shop");
    assert.equal(treeFingerprint(pulled.path), print);
  });

  it("is asked when pulling, where it is locked", async () => {
    await there.json("store", "lock");
    const { exitCode, shown } = await atTerminal(there, ["pull", "shop", "--slug", "third"], [next]);
    assert.equal(exitCode, 0, shown);
    assert.ok(!shown.includes("Tlaloc"), shown);
  });

  it("finds neither passphrase nor key in what either machine wrote", async () => {
    await here.stopAgent();
    await there.stopAgent();
    const key = readFileSync(file("key"));
    const secrets = [passphrase, next, key, key.toString("base64"), key.toString("hex")];
    const read: string[] = [];
    for (const folder of [here.home, there.home, here.path("store")]) {
      const files = readdirSync(folder, { recursive: true, withFileTypes: true });
      for (const { parentPath, name } of files.filter((each) => each.isFile())) {
        const bytes = readFileSync(join(parentPath, name));
        read.push(name);
        for (const secret of secrets) assert.ok(!bytes.includes(secret), join(parentPath, name));
      }
    }
    assert.ok(read.includes("agent.log") && read.includes("catalog.sqlite") && read.includes("config"));
    assert.ok(!existsSync(join(there.home, "keys")) || readdirSync(join(there.home, "keys")).length === 0);
  });
});
