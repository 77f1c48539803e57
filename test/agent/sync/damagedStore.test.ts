import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntryRow } from "../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { decodePack } from "../../../agent/repository/packFormat.ts";
import type { Sealing } from "../../../agent/repository/sealing.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { repositoryKinds, type RepositoryKind, sealingOf } from "../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import type { Machine } from "./rig/machine.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";

/** What a look at a damaged store may end in. */
const clear = new Set(["OBJECT_MISSING", "OBJECT_DAMAGED", "REPOSITORY_NEWER"]);

for (const kind of repositoryKinds) {
  describe(`a store whose objects are lost or damaged, ${kind.name}`, function () {
    damages.call(this, kind);
  });
}

function damages(this: Mocha.Suite, kind: RepositoryKind): void {
  this.timeout(120_000);
  let store: MemoryBlobStore;
  let both: TwoMachines;
  let here: Machine;
  let there: Machine;
  let project: ProjectRow;
  let entry: EntryRow;
  let print: string;
  let sealing: Sealing;
  let sound: Map<string, { bytes: Buffer; etag: string }>;
  before(async () => {
    store = new MemoryBlobStore();
    both = await openTwoMachines({ here: store, there: store }, { here: 512, there: 512 }, kind);
    sealing = await sealingOf(kind, store);
    ({ here, there } = both);
    project = await here.makeProject("site");
    writeFileSync(join(project.path, "one"), randomBytes(3_000_000));
    for (let folder = 0; folder < 20; folder++) {
      mkdirSync(join(project.path, `folder-${folder}`));
      writeFileSync(join(project.path, `folder-${folder}/file`), randomBytes(100));
    }
    writeFileSync(join(project.path, "a"), "linked");
    linkSync(join(project.path, "a"), join(project.path, "b"));
    entry = await here.snapshot(project);
    await here.push(project);
    print = treeFingerprint(here.pathOf(entry));
    sound = new Map(store.objects);
  });
  after(() => both.close());
  beforeEach(async () => {
    mend();
    await forgetCache();
  });

  const mend = () => {
    store.objects.clear();
    for (const [key, object] of sound) store.objects.set(key, object);
  };
  /** Drops what was read before, without looking into the store. */
  const forgetCache = async () => {
    await there.close();
    rmSync(join(there.place.home, "cache"), { recursive: true, force: true });
    there = both.reopenThere();
  };
  const replace = (key: string, change: (bytes: Buffer) => Buffer | null) => {
    const object = sound.get(key);
    assert.ok(object, key);
    const changed = change(Buffer.from(object.bytes));
    if (changed) store.objects.set(key, { bytes: changed, etag: object.etag });
    else store.objects.delete(key);
  };
  const keys = (prefix: string) => [...sound.keys()].filter((key) => key.startsWith(prefix)).toSorted();
  const codeOf = async (work: () => Promise<unknown>): Promise<string> => {
    try {
      await work();
      return "fine";
    } catch (thrown) {
      if (thrown instanceof ForkpointError) return thrown.code;
      throw thrown;
    }
  };
  /** Pulls, and sees to it that nothing is left where it failed and everything is right where it did not. */
  const pull = async (): Promise<string> => {
    await forgetCache();
    const { pool } = there.place;
    const code = await codeOf(async () => {
      const pulled = await there.pull("site");
      assert.equal(treeFingerprint(pulled), print);
      await there.btrfs.deleteSubvolume(pulled);
    });
    const staging = join(pool, ".forkpoint/staging");
    for (const folder of readdirSync(staging)) {
      assert.deepEqual(readdirSync(join(staging, folder)), [], "something is half made");
      rmSync(join(staging, folder), { recursive: true });
    }
    assert.deepEqual(
      readdirSync(pool).filter((name) => name.startsWith("pulled-")),
      [],
    );
    return code;
  };

  it("is whole before anything is done to it", async () => {
    assert.equal(await pull(), "fine");
    assert.deepEqual([...sound.keys()].map((key) => key.split("/", 1)[0]).toSorted(), [
      "config",
      "index",
      "keeps",
      ...(kind.mode.make === "encrypted" ? ["keys"] : []),
      "manifests",
      "packs",
      "packs",
      "refs",
    ]);
  });

  for (const prefix of ["packs/", "manifests/", "index/"]) {
    it(`says which object below ${prefix} is missing`, async () => {
      for (const key of keys(prefix)) {
        replace(key, () => null);
        assert.equal(await pull(), "OBJECT_MISSING", key);
        mend();
      }
    });

    it(`notices an object below ${prefix} that is cut short`, async () => {
      for (const key of keys(prefix)) {
        replace(key, (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)));
        assert.equal(await pull(), "OBJECT_DAMAGED", key);
        replace(key, () => Buffer.alloc(0));
        assert.equal(await pull(), "OBJECT_DAMAGED", key);
        mend();
      }
    });
  }

  it("notices a flipped bit in any blob of any pack", async () => {
    for (const key of keys("packs/")) {
      const bytes = sound.get(key)?.bytes ?? Buffer.alloc(0);
      const { records } = decodePack("", bytes, sealing);
      for (const { offset, storedLength } of records.filter((_, at) => at % 5 === 0)) {
        replace(key, (pack) => flip(pack, offset + Math.floor(storedLength / 2)));
        assert.equal(await pull(), "OBJECT_DAMAGED", key);
      }
      mend();
    }
  });

  for (const prefix of ["config", "refs/", "manifests/", "index/"]) {
    it(`notices a flipped bit anywhere in ${prefix}`, async () => {
      const [key = ""] = keys(prefix);
      const length = sound.get(key)?.bytes.length ?? 0;
      for (let at = 0; at < length; at += Math.ceil(length / 60)) {
        replace(key, (bytes) => flip(bytes, at));
        const code =
          prefix === "config"
            ? await codeOf(() => there.sync.setStore({ url: "memory:", ...kind.choice }, unattended))
            : await pull();
        assert.ok(clear.has(code), `${code} at ${at}`);
        mend();
      }
    });
  }
  it("takes no store without its config for an empty one", async () => {
    replace("config", () => null);
    assert.equal(
      await codeOf(() => there.sync.setStore({ url: "memory:", ...kind.choice }, unattended)),
      "OBJECT_MISSING",
    );
    assert.equal(store.objects.has("config"), false);
    assert.equal(await pull(), "OBJECT_MISSING");
  });

  it("keeps the entry local when what it builds on cannot be read", async () => {
    const [manifest = ""] = keys("manifests/");
    replace(manifest, (bytes) => flip(bytes, 10));
    writeFileSync(join(project.path, "more"), "more");
    const next = await here.snapshot(project);
    await assert.rejects(here.push(project), { code: "OBJECT_DAMAGED" });
    assert.equal(here.durability(next), "local");
    assert.equal(here.sync.status(project.projectId).pushError?.code, "OBJECT_DAMAGED");
    mend();
    assert.equal((await here.push(project)).pending, 0);
  });

  it("lists the projects it can read, and says what is wrong with the one it cannot", async () => {
    const other = await here.makeProject("other");
    await here.snapshot(other);
    await here.push(other);
    store.objects.set(`refs/${sealing.nameProject(project.projectId)}`, {
      bytes: Buffer.from("{}"),
      etag: "x",
    });
    const listed = await there.sync.remote.projects(unattended);
    assert.deepEqual(
      listed.map(({ slug }) => slug),
      ["other"],
    );
    assert.equal(await codeOf(() => there.sync.remote.find("site", undefined, unattended)), "OBJECT_DAMAGED");
    assert.equal(await codeOf(() => there.sync.remote.find("other", undefined, unattended)), "fine");
  });
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (at % 8)), at);
  return bytes;
}
