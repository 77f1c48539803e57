import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { directoryStore, eachTestInAFolder } from "./rig/directoryRig.ts";

const writer = fileURLToPath(new URL("rig/storeWriter.ts", import.meta.url));
const { signal } = new AbortController();

describe("a directory store and several processes", () => {
  const folder = eachTestInAFolder();
  const children = new Set<ChildProcess>();

  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [writer, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  };
  const finished = async (child: ChildProcess) => {
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    assert.equal(status, 0);
    return output;
  };

  beforeEach(() => directoryStore(folder()).setUp());
  afterEach(async () => {
    for (const child of children) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
  });

  it("should lose none of the updates that race under a matching etag", async () => {
    const store = directoryStore(folder());
    await store.put("counter", Buffer.from("0"), { signal });
    await Promise.all([1, 2, 3].map(() => finished(start("increment", folder(), "", "40"))));
    const found = await store.get("counter", { signal });
    assert.equal(Buffer.from(found?.bytes ?? []).toString(), "120");
  });

  it("should give each key to exactly one of the processes that claim it", async () => {
    const names = ["a", "b", "c"];
    const won = await Promise.all(
      names.map(async (name) => JSON.parse(await finished(start("claim", folder(), name, "60"))) as string[]),
    );
    assert.equal(won.flat().length, 60);
    for (const [index, keys] of won.entries()) {
      for (const key of keys) assert.equal(readFileSync(join(folder(), key), "utf8"), names[index]);
    }
  });

  it("should show whole objects only, and go on, when a writer was killed in the middle", async () => {
    const size = 96 << 20;
    const temporaries = join(folder(), ".forkpoint/tmp");
    const child = start("write", folder(), "x", String(size));
    const closed = once(child, "close");
    while (!halfWritten(temporaries, size)) await delay(1);
    child.kill("SIGKILL");
    await closed;
    assert.equal(readdirSync(temporaries).length, 1);

    const store = directoryStore(folder());
    for await (const object of store.list("", { signal })) assert.equal(object.size, size, object.key);
    assert.ok(await store.put("large/0", Buffer.from("next"), { signal }));
    assert.equal((await store.get("large/0", { signal }))?.bytes.length, 4);
  });

  it("should not wait for a writer that was killed while it held the lock", async () => {
    const store = directoryStore(folder());
    await store.put("counter", Buffer.from("0"), { signal });
    for (let round = 0; round < 5; round++) {
      const child = start("increment", folder(), "", "1000000");
      const closed = once(child, "close");
      const before = Number(readFileSync(join(folder(), "counter"), "utf8"));
      while (Number(readFileSync(join(folder(), "counter"), "utf8")) < before + 3) await delay(1);
      child.kill("SIGKILL");
      await closed;
      assert.ok(await store.put("other", Buffer.from("x"), { signal }));
    }
  });
});

function halfWritten(folder: string, whole: number): boolean {
  return readdirSync(folder).some((name) => {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    return size > 0 && size < whole;
  });
}
