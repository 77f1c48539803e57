import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkStore } from "../../../../agent/projects/health/storeChecks.ts";
import type { Store } from "../../../../agent/protocol/store.ts";
import { ForkpointError } from "../../../../agent/protocol/errors.ts";
import { processes } from "../../../support/processes.ts";

const well: Store = {
  url: "s3://b/p",
  state: "ok",
  conditionalWrites: true,
  encrypted: false,
  checkedAt: null,
  message: null,
  paused: false,
  limits: { upload: null, download: null },
  tidying: { everyHours: null, nextAt: null, last: null },
};

describe("what the doctor says of the store", () => {
  const { signal } = new AbortController();
  const path = process.env["PATH"];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "store-"));
  });
  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  const check = (change: Partial<Store> | null, env: NodeJS.ProcessEnv = {}) =>
    checkStore(
      {
        check: () => Promise.resolve(change && { ...well, ...change }),
        processes,
        env,
        agentHome: folder,
      },
      signal,
    );

  it("that it works", async () => {
    assert.deepEqual(await check({}), [
      { name: "store", ok: true, message: "The store s3://b/p works.", remedy: null },
    ]);
  });

  const wrong: [string, Partial<Store> | null, RegExp][] = [
    ["there is none", null, /forkpoint store set URL/],
    ["it is out of reach", { state: "unreachable" }, /forkpoint store check/],
    ["it is locked", { state: "locked", message: "locked" }, /forkpoint store unlock/],
  ];
  for (const [title, change, remedy] of wrong) {
    it(`that ${title}`, async () => {
      const [found] = await check(change);
      assert.ok(found && !found.ok);
      assert.match(found.remedy ?? "", remedy);
    });
  }

  it("what it could not even ask", async () => {
    const broken = new ForkpointError("STORE_DENIED", "The store says no.");
    const questions = {
      check: () => Promise.reject(broken),
      processes,
      env: {},
      agentHome: folder,
    };
    assert.deepEqual(await checkStore(questions, signal), [
      { name: "store", ok: false, message: "The store says no.", remedy: broken.hint },
    ]);
  });

  const better: [string, Partial<Store>, string, RegExp][] = [
    ["one machine only may write", { conditionalWrites: false }, "conditional writes", /this machine only/],
    ["pushing is paused", { paused: true }, "safe copy", /store resume/],
  ];
  for (const [title, change, name, remedy] of better) {
    it(`that ${title}, which is no failure`, async () => {
      const found = (await check(change)).find((each) => each.name === name);
      assert.equal(found?.ok, true);
      assert.match(found.remedy ?? "", remedy);
    });
  }

  it("that it could not be tidied", async () => {
    const last = { at: "2026-01-01T00:00:00Z", problem: "It is full.", deletedBytes: 0, condemnedPacks: 0 };
    const found = await check({ tidying: { everyHours: 24, nextAt: null, last } });
    assert.deepEqual(
      found.slice(1).map(({ ok, message }) => [ok, message]),
      [[false, "The store was not tidied: It is full."]],
    );
  });

  it("that nothing keeps the key where there is no keyring", async () => {
    process.env["PATH"] = folder;
    const key = (await check({ encrypted: true })).at(-1);
    assert.equal(key?.ok, true);
    assert.match(key.message, /secret-tool.*is not installed.*locked after each start/s);
    assert.match(key.remedy ?? "", /libsecret-tools.*unlock --remember/);
  });

  it("that no session runs whose keyring could keep it", async () => {
    writeFileSync(join(folder, "secret-tool"), "#!/bin/sh\nexit 2\n");
    chmodSync(join(folder, "secret-tool"), 0o755);
    process.env["PATH"] = folder;
    assert.match((await check({ encrypted: true })).at(-1)?.message ?? "", /^No session runs here/);
    const session = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/bus" };
    assert.equal((await check({ encrypted: true }, session)).at(-1)?.remedy, null);
  });

  it("that a file keeps the key", async () => {
    mkdirSync(join(folder, "keys"));
    writeFileSync(join(folder, "keys", "0123"), "key");
    assert.match((await check({ encrypted: true })).at(-1)?.message ?? "", /a file of yours/);
  });
});
