import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import type { Secret } from "../../../agent/protocol/store.ts";
import { plainConfig } from "../../../agent/repository/config.ts";
import { sealObject } from "../../../agent/repository/jsonObject.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { type RepositoryKind, encryptedKind, repositoryKinds } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { Machine } from "./rig/machine.ts";
import { openStoredSite } from "./rig/storedSite.ts";
import { openTwoMachines, storeUrl, type TwoMachines } from "./rig/twoMachines.ts";

for (const kind of repositoryKinds) {
  describe(`${kind.name} that lost its config`, function () {
    configOf.call(this, kind);
  });
}

function configOf(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(60_000);
  let store: MemoryBlobStore;
  let both: TwoMachines;
  let here: Machine;
  let project: ProjectRow;
  let first: EntryRow;
  let config: Buffer;
  beforeEach(async () => {
    ({ store, both, project, first } = await openStoredSite(kind));
    ({ here } = both);
    config = store.objects.get("config")?.bytes ?? assert.fail();
  });
  afterEach(() => both.close());

  const repair = (dryRun = false, secret?: Secret) => here.sync.care.repair({ dryRun, secret }, unattended);
  const now = () => store.objects.get("config")?.bytes;
  const put = (bytes: Buffer) => store.objects.set("config", { bytes, etag: "lost" });
  const reopen = async () => {
    await here.close();
    here = both.reopenHere();
  };
  const losses: readonly [string, () => unknown][] = [
    ["when it is missing", () => store.objects.delete("config")],
    ["when it is damaged", () => put(config.subarray(0, 60))],
    ["when it is empty", () => put(Buffer.alloc(0))],
  ];

  for (const [when, lose] of losses) {
    it(`has it written again, byte for byte, ${when}`, async () => {
      await reopen();
      lose();
      const left = now();
      const tried = await repair(true);
      assert.match(tried.records[0]?.problem ?? "", /config is (missing|damaged)/);
      assert.equal(now(), left);
      assert.deepEqual((await repair()).records, tried.records);
      assert.deepEqual(now(), config);
      const path = await both.there.pull("site", first.snapshotId);
      assert.equal(treeFingerprint(path), treeFingerprint(here.pathOf(first)));
      assert.deepEqual((await repair()).records, []);
    });
  }

  it("has none written where everything else is gone, too: that may be another store", async () => {
    await reopen();
    store.objects.clear();
    await assert.rejects(repair(), { code: "OBJECT_MISSING" });
    assert.equal(store.objects.size, 0);
  });

  it("has none written over that of another repository", async () => {
    await reopen();
    const other = sealObject(plainConfig("f".repeat(32)));
    put(other);
    await assert.rejects(repair());
    assert.deepEqual(now(), other);
  });

  it("has none written among the objects of another repository", async () => {
    await reopen();
    const strange = new MemoryBlobStore();
    const others = await openTwoMachines(
      { here: strange, there: strange },
      {},
      kind === encryptedKind ? undefined : encryptedKind,
    );
    try {
      const one = await others.here.makeProject("other");
      writeFileSync(join(one.path, "file"), randomBytes(5000));
      await others.here.snapshot(one);
      await others.here.push(one);
    } finally {
      await others.close();
    }
    store.objects.clear();
    for (const [key, object] of strange.objects) if (key !== "config") store.objects.set(key, object);
    await assert.rejects(repair(), { code: "OBJECT_MISSING", message: /another repository|readable/ });
    assert.equal(now(), undefined);
  });

  if (kind !== encryptedKind) return;

  const { secret } = kind.choice;

  it("has it written again with the passphrase where the key is not at hand, and no other", async () => {
    await here.sync.lockStore();
    await reopen();
    store.objects.delete("config");
    await assert.rejects(repair(), { code: "REPOSITORY_LOCKED", hint: /give the passphrase/ });
    await assert.rejects(repair(false, { passphrase: "not that one" }), { code: "KEY_WRONG" });
    const tried = await repair(true, secret);
    assert.match(tried.records[0]?.problem ?? "", /config is missing/);
    assert.equal(now(), undefined);
    assert.deepEqual((await repair(false, secret)).records, tried.records);
    assert.deepEqual(now(), config);
    assert.equal(here.sync.showStore()?.state, "ok");
    writeFileSync(join(project.path, "file"), randomBytes(50_000));
    await here.snapshot(project);
    assert.equal((await here.push(project)).pending, 0);
  });

  it("has none written with a passphrase where its keys are gone, too", async () => {
    await here.sync.lockStore();
    await reopen();
    store.objects.delete("config");
    for (const key of store.keys("keys/")) store.objects.delete(key);
    await assert.rejects(repair(false, secret), { code: "KEY_WRONG" });
    assert.equal(now(), undefined);
  });

  it("only opens it with the passphrase where nothing is lost", async () => {
    await here.sync.lockStore();
    await assert.rejects(repair(), { code: "REPOSITORY_LOCKED" });
    assert.deepEqual((await repair(false, secret)).records, []);
    assert.deepEqual(now(), config);
    assert.equal(here.sync.showStore()?.state, "ok");
  });

  it("says where it is set what to do", async () => {
    await here.sync.lockStore();
    await reopen();
    store.objects.delete("config");
    const choice = { url: storeUrl, ...kind.choice };
    await assert.rejects(here.sync.setStore(choice, unattended), { code: "OBJECT_MISSING", hint: /repair/ });
    assert.equal(now(), undefined);
  });
}
