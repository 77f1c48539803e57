import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import type { Project } from "../../../../agent/protocol/project.ts";
import type { Store } from "../../../../agent/protocol/store.ts";
import { asRoot } from "../../../support/asRoot.ts";
import { freePort } from "../../../support/freePort.ts";
import { Machine } from "../../../support/machine.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

describe("a store that cannot be used", function () {
  this.timeout(120_000);
  let machine: Machine;
  let folder: string;
  let project: Project;
  before(async () => {
    machine = new Machine();
    // Signing needs a key pair, whoever would check it.
    const key = { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nothing" };
    Object.assign(machine.env, key, { AWS_EC2_METADATA_DISABLED: "true" });
    await machine.pool(512);
    folder = machine.makeFolder("store");
    await machine.json("store", "set", `dir://${folder}`);
    const source = machine.makeFolder("source");
    execFileSync("bash", ["-ec", "head -c 3000000 /dev/urandom > blob; echo one > file"], { cwd: source });
    project = await machine.import(source, "--slug", "shop");
    await machine.json("push", "shop", "--wait");
  });
  after(() => machine.end());

  const entries = () => machine.json<Entry[]>("timeline", "shop");

  it("is refused when it is set, and the one before stays", async () => {
    const before = await machine.json<Store>("store", "show");
    const closed = `127.0.0.1:${await freePort()}`;
    const readOnly = machine.makeFolder("read-only");
    asRoot("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", readOnly]);
    const refused: [string, string][] = [
      ["nonsense", "STORE_URL_INVALID"],
      ["ftp://host/path", "STORE_URL_INVALID"],
      ["dir://relative", "STORE_URL_INVALID"],
      ["s3://", "STORE_URL_INVALID"],
      [`s3://bucket/x?endpoint=http://${closed}&region=here&forcePathStyle=true`, "STORE_UNREACHABLE"],
      [`dir://${machine.path("nowhere/below")}`, "STORE_BUCKET_MISSING"],
      [`dir://${readOnly}`, "STORE_READ_ONLY"],
    ];
    for (const [url, code] of refused) {
      const error = await machine.error("store", "set", url);
      assert.equal(error.code, code, `${url}: ${error.message}`);
    }
    assert.deepEqual(await machine.json("store", "show"), before);
    assert.deepEqual(readdirSync(machine.folder).includes("nowhere"), false);
  });

  it("never keeps a person from working, and catches up once it is back", async () => {
    renameSync(folder, `${folder}.gone`);
    writeFileSync(join(project.path, "file"), "two");
    const { created, durability } = await machine.json<Entry & { created: boolean }>("snapshot", "shop");
    assert.deepEqual([created, durability], [true, "local"]);
    const error = await machine.error("push", "shop", "--wait");
    assert.match(error.code, /^STORE_/);
    assert.equal((await entries())[0]?.durability, "local");
    const checked = await machine.run(["store", "check", "--json"]);
    assert.deepEqual([checked.exitCode, (JSON.parse(checked.out) as Store).state], [1, "unreachable"]);
    renameSync(`${folder}.gone`, folder);
    assert.equal((await machine.json<Store>("store", "check")).state, "ok");
    await machine.json("push", "shop", "--wait");
    assert.equal((await entries())[0]?.durability, "durable");
  });

  it("is found out when an object is missing, cut short or has one bit flipped", async () => {
    const objects = execFileSync("find", [folder, "-type", "f", "-size", "+1000k"], { encoding: "utf8" });
    const pack = objects.trim().split("\n")[0] ?? "";
    const whole = readFileSync(pack);
    const flipped = Buffer.from(whole);
    flipped[1_000_000] = (flipped[1_000_000] ?? 0) ^ 1;
    const damages: [() => void, RegExp][] = [
      [() => rmSync(pack), /^OBJECT_MISSING$/],
      [() => truncateSync(pack, 900_000), /^OBJECT_(DAMAGED|MISSING)$/],
      [() => writeFileSync(pack, flipped), /^OBJECT_DAMAGED$/],
    ];
    // Here nothing would be fetched that is on the disk.
    const there = await Machine.withPool(512);
    try {
      await there.json("store", "set", `dir://${folder}`);
      for (const [damage, code] of damages) {
        damage();
        const error = await there.error("pull", "shop");
        assert.match(error.code, code);
        assert.deepEqual(await there.json<Project[]>("project", "list"), []);
        writeFileSync(pack, whole);
      }
      const pulled = await there.json<Project>("pull", "shop");
      assert.equal(treeFingerprint(pulled.path), treeFingerprint(project.path));
    } finally {
      await there.end();
    }
  });
});
