import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Settings } from "../../../agent/catalog/settings.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { unlockRepository } from "../../../agent/repository/unlock.ts";
import { machineId } from "../../../agent/sync/machineId.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { Machine, makeHomes, onlyUrl } from "./rig/machine.ts";

const url = "memory:";
const passphrase = "Quetzalcoatl rides again";
/** Found nowhere by chance, and only where something is not encrypted. */
const markers = {
  slug: "slug-marmalade",
  label: "label-kumquat",
  file: "file-rutabaga",
  folder: "folder-pomelo",
  content: "content-persimmon ".repeat(50),
  large: "large-clementine ".repeat(100_000),
  target: "target-tamarillo",
  attribute: "user.attribute-feijoa",
  value: "value-mangosteen",
  author: "ada",
};
const forms = (text: string) => {
  const bytes = Buffer.from(text);
  // Base64 of a text depends on where in a group of three it begins.
  const base64 = [0, 1, 2].map((skip) => bytes.subarray(skip).toString("base64").slice(0, 20));
  return [text.slice(0, 40), bytes.toString("hex").slice(0, 60), ...base64];
};

describe("what an encrypted store gives away", function () {
  this.timeout(60_000);
  let pool: LoopPool;
  let homes: ReturnType<typeof makeHomes>;
  const machines: Machine[] = [];
  before(() => {
    pool = openLoopPool(512);
    homes = makeHomes();
  });
  after(async () => {
    for (const each of machines) await each.close();
    pool.close();
    homes.close();
  });

  /** Pushes the same two snapshots of the same project to a store. */
  const pushed = async (secret: { passphrase: string } | undefined, home: string) => {
    const store = new MemoryBlobStore();
    const machine = new Machine({ home: homes.path(home), pool: pool.path }, { access: onlyUrl(url, store) });
    machines.push(machine);
    machine.sync.start();
    await machine.sync.setStore({ url, secret }, unattended);
    return { store, machine };
  };
  const fill = (root: string) => {
    mkdirSync(join(root, markers.folder));
    writeFileSync(join(root, markers.folder, markers.file), markers.content);
    writeFileSync(join(root, "large"), markers.large);
    symlinkSync(markers.target, join(root, "link"));
    linkSync(join(root, "large"), join(root, `${markers.file}-again`));
    execFileSync("setfattr", ["-n", markers.attribute, "-v", markers.value, root]);
  };
  const found = (store: MemoryBlobStore, words: readonly string[]) =>
    words.filter((word) =>
      forms(word).some((form) =>
        [...store.objects].some(([key, { bytes }]) => key.includes(form) || bytes.includes(form)),
      ),
    );

  it("is neither content nor names, and not that another store holds the same", async () => {
    const one = await pushed({ passphrase }, "one");
    const project = await one.machine.makeProject(markers.slug);
    fill(project.path);
    const entry = await one.machine.snapshot(project, markers.label);
    await one.machine.push(project);
    const ids = [project.projectId, entry.snapshotId];

    // The same snapshot goes to another encrypted store, and to a plain one, in which all of it is found.
    const places: MemoryBlobStore[] = [];
    for (const secret of [{ passphrase }, undefined]) {
      const store = new MemoryBlobStore();
      places.push(store);
      await one.machine.close();
      const again = new Machine(one.machine.place, { access: onlyUrl(url, store) });
      machines.splice(0, machines.length, again);
      again.sync.start();
      await again.sync.setStore({ url, secret }, unattended);
      await again.push(project);
      one.machine = again;
    }
    const [other, plain] = places;
    assert.ok(other && plain);
    const words = [...Object.values(markers).filter((word) => word !== markers.author), ...ids];
    // Manifests are not compressed: what is looked for is found where it is in clear.
    const clear = [markers.slug, markers.label, ...ids];
    assert.deepEqual(found(plain, clear), clear);
    for (const store of [one.store, other])
      assert.deepEqual(found(store, [...words, '"author"', '"ada"']), []);

    const names = [...one.store.objects.keys()].filter((key) => other.objects.has(key));
    assert.deepEqual(names, ["config"]);
    const bodies = new Set([...one.store.objects.values()].map(({ bytes }) => bytes.toString("hex")));
    const same = [...other.objects.values()].filter(({ bytes }) => bodies.has(bytes.toString("hex")));
    assert.deepEqual(same, []);
  });

  it("is neither which machine keeps what, nor what is being collected", async () => {
    for (const secret of [undefined, { passphrase }]) {
      const { store, machine } = await pushed(secret, secret ? "sealed" : "clear");
      const project = await machine.makeProject(secret ? "sealed" : "clear");
      const old = await machine.snapshot(project);
      await machine.push(project);
      writeFileSync(join(project.path, "more"), "more");
      await machine.snapshot(project);
      await machine.push(project);
      const ofProject = machine.entries.list(project.projectId);
      const manifests = ofProject.map(({ manifestDigest }) => manifestDigest ?? assert.fail("it was pushed"));
      assert.equal(manifests.length, 2);
      await machine.deleteEntry(old);
      store.now = () => Date.now() + 3 * 24 * 3_600_000;
      const options = { dryRun: false, retention: { days: 0 }, graceHours: 24 };
      const { condemned } = await machine.sync.care.gc(options, unattended);
      assert.equal(condemned.manifests, 1);

      const tidying = new MemoryBlobStore();
      for (const key of [...store.keys("gc/"), ...store.keys("keeps/")]) {
        tidying.objects.set(key, store.objects.get(key) ?? assert.fail(key));
      }
      assert.equal(tidying.objects.size, 4);
      const words = [project.projectId, machineId(new Settings(machine.catalog)), ...manifests];
      words.push("condemnedAt", "retention");
      assert.deepEqual(found(tidying, words), secret ? [] : words);
    }
  });

  it("is nothing that opens it, and neither does this machine write that down", async () => {
    const { store, machine } = await pushed({ passphrase }, "two");
    await machine.makeProject("two");
    assert.deepEqual(found(store, [passphrase]), []);
    const { home } = machine.place;
    const place = { store, clock: systemClock, conditionalWrites: true };
    const { signal } = new AbortController();
    const secret = { kind: "passphrase", passphrase } as const;
    const { keys: opened } = await unlockRepository(place, { make: null, secret, signal });
    const master = opened?.master.reveal() ?? Buffer.alloc(0);
    assert.equal(master.length, 32);
    const keys = [master, master.toString("hex"), master.toString("base64")];
    await machine.sync.close();
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    assert.ok(files.some(({ name }) => name === "catalog.sqlite"));
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      for (const form of [...forms(passphrase), ...keys]) assert.ok(!bytes.includes(form), name);
    }
    assert.deepEqual(
      machine.announced.filter((line) => line.includes("Quetzalcoatl")),
      [],
    );
  });
});
