import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../../../agent/host/log.ts";
import { MasterKey } from "../../../agent/repository/masterKey.ts";
import { KeyFolder } from "../../../agent/sync/store/keyFolder.ts";
import { KeyKeeper } from "../../../agent/sync/store/keyKeeper.ts";
import { Keyring } from "../../../agent/sync/store/keyring.ts";
import { openSessionKeyring, type SessionKeyring } from "./rig/sessionKeyring.ts";
import { processes } from "../../support/processes.ts";

const one = "11".repeat(16);
const two = "22".repeat(16);

describe("the keyring of a session", function () {
  this.timeout(60_000);
  let session: SessionKeyring;
  let home: string;
  let logged: string[];
  let keyring: Keyring;
  let key: MasterKey;
  beforeEach(async () => {
    session = await openSessionKeyring();
    home = mkdtempSync(join(tmpdir(), "forkpoint-keyring-home-"));
    logged = [];
    const write = (message: string, fields?: object) => void logged.push(message + JSON.stringify(fields));
    const log: Log = { info: write, warn: write, error: write };
    keyring = new Keyring({ processes, log });
    key = MasterKey.random();
  });
  afterEach(() => {
    session.close();
    rmSync(home, { recursive: true });
    assert.ok(!logged.join("\n").includes(key.reveal().toString("hex")));
  });
  const keeper = () => new KeyKeeper({ keyring, files: new KeyFolder(home) });
  const recalled = async (from: { recall: (id: string) => Promise<MasterKey | null> }, id = one) =>
    (await from.recall(id))?.reveal().toString("hex");
  const hex = () => key.reveal().toString("hex");
  const files = () => (existsSync(join(home, "keys")) ? readdirSync(join(home, "keys")) : []);

  it("keeps the key of each repository until it is forgotten", async () => {
    assert.equal(await keyring.recall(one), null);
    assert.equal(await keyring.keep(one, key), true);
    await keyring.keep(two, MasterKey.random());
    assert.equal(await recalled(keyring), hex());
    await keyring.forget(one);
    assert.equal(await keyring.recall(one), null);
    assert.notEqual(await keyring.recall(two), null);
    await keyring.forget(one);
  });

  it("is where the key goes, and no file is written then, even to remember it", async () => {
    await keeper().keep(one, key, true);
    assert.deepEqual(files(), []);
    assert.equal(await recalled(keeper()), hex());
    await keeper().forget(one);
    assert.equal(await keeper().recall(one), null);
  });

  it("that holds something else under the name has no key", async () => {
    const input = "no key";
    const args = ["store", "--label=x", "application", "forkpoint", "repository", one];
    execFileSync("secret-tool", args, { input });
    assert.equal(await keyring.recall(one), null);
  });

  it("that is gone keeps nothing, and a file does where it was asked for", async () => {
    session.endKeyring();
    await keeper().keep(one, key, false);
    assert.equal(await keeper().recall(one), null);
    await keeper().keep(one, key, true);
    assert.equal(files().length, 1);
    assert.equal(await recalled(keeper()), hex());
    await keeper().forget(one);
    assert.deepEqual(files(), []);
    assert.ok(logged.length > 0, "that it cannot be used is said in the log");
  });

  it("keeps a key in memory as long as the agent runs", async () => {
    session.endKeyring();
    const running = keeper();
    await running.keep(one, key, false);
    assert.equal(await recalled(running), hex());
    await running.forget(one);
    assert.equal(await running.recall(one), null);
  });
});
