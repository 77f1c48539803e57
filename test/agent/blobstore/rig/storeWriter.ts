import { setInterval } from "node:timers";
import { parseArgs } from "node:util";
import { directoryStore } from "./directoryRig.ts";

/** A program that writes to a directory store; what it does is its first argument. */
const { positionals } = parseArgs({ allowPositionals: true });
const [task, path = "", name = "", times = "0"] = positionals;
const { signal } = new AbortController();
const store = directoryStore(path);
const alive = setInterval(() => undefined, 1000);

/** Adds one to a number that other processes add to as well. */
async function increment(): Promise<void> {
  for (;;) {
    const found = await store.get("counter", { signal });
    if (!found) throw new Error("There is no counter.");
    const next = Buffer.from(String(Number(Buffer.from(found.bytes).toString()) + 1));
    if (await store.put("counter", next, { signal, condition: { kind: "match", etag: found.etag } })) return;
  }
}

/** Claims keys that other processes claim as well, and prints those it got. */
async function claim(): Promise<void> {
  const won: string[] = [];
  for (let index = 0; index < Number(times); index++) {
    const key = `claims/${index}`;
    if (await store.put(key, Buffer.from(name), { signal, condition: { kind: "absent" } })) won.push(key);
  }
  console.log(JSON.stringify(won));
}

if (task === "increment") {
  for (let index = 0; index < Number(times); index++) await increment();
} else if (task === "claim") {
  await claim();
} else if (task === "write") {
  const bytes = Buffer.alloc(Number(times), name);
  for (let index = 0; ; index++) await store.put(`large/${index}`, bytes, { signal });
}
clearInterval(alive);
