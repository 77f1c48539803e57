import { randomUUID } from "node:crypto";
import { ForkpointError } from "../protocol/errors.ts";
import type { BlobStore, Condition } from "./blobStore.ts";

const racers = 8;

/**
 * Finds out by trying what a store can do: write, read back, list and delete, and whether it honours
 * conditions on writes. Some servers ignore them without a word. Leaves nothing behind.
 * @throws ForkpointError STORE_* when the store cannot be used at all
 */
export async function probeStore(
  store: BlobStore,
  { signal }: { signal: AbortSignal },
): Promise<{ conditionalWrites: boolean }> {
  const folder = `probe/${randomUUID()}`;
  const made: string[] = [];
  const key = (name: string) => {
    made.push(`${folder}/${name}`);
    return `${folder}/${name}`;
  };
  try {
    await probeBasics(store, key("basics"), signal);
    const conditionalWrites =
      (await honoursMatch(store, key("match"), signal)) &&
      (await honoursAbsent(store, key("absent"), signal));
    return { conditionalWrites };
  } finally {
    // Also after a cancellation; what cannot be deleted now was reported by the failure that led here.
    await Promise.allSettled(made.map((each) => store.delete(each, { signal: AbortSignal.timeout(10_000) })));
  }
}

async function probeBasics(store: BlobStore, key: string, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(`Forkpoint tries this store: ${key}\n`);
  await store.put(key, bytes, { signal });
  const whole = await store.get(key, { signal });
  const part = await store.get(key, { signal, range: { offset: 3, length: 7 } });
  if (!whole || !bytes.equals(whole.bytes) || !part || !bytes.subarray(3, 10).equals(part.bytes)) {
    throw unusable(store, "what was written is not what is read");
  }
  let listed = false;
  for await (const object of store.list(key, { signal })) listed ||= object.key === key;
  if (!listed) throw unusable(store, "what was written is not listed");
  await store.delete(key, { signal });
  if (await store.get(key, { signal })) throw unusable(store, "what was deleted is still there");
}

async function honoursMatch(store: BlobStore, key: string, signal: AbortSignal): Promise<boolean> {
  const first = await store.put(key, Buffer.from("first"), { signal });
  if (!first) throw unusable(store, "it refuses a write without saying why");
  const second = await putIf(store, key, "second", { kind: "match", etag: first.etag }, signal);
  if (!second) return false;
  const late = await putIf(store, key, "late", { kind: "match", etag: first.etag }, signal);
  return late === null && (await store.get(key, { signal }))?.etag === second.etag;
}

async function honoursAbsent(store: BlobStore, key: string, signal: AbortSignal): Promise<boolean> {
  const attempts = await Promise.allSettled(
    Array.from({ length: racers }, (_, index) =>
      putIf(store, key, `racer ${index}`, { kind: "absent" }, signal),
    ),
  );
  const won = attempts.filter((each) => each.status === "fulfilled" && each.value).length;
  const failed = attempts.find((each) => each.status === "rejected");
  if (won === 0 && failed) throw failed.reason as Error;
  return won === 1 && (await putIf(store, key, "late", { kind: "absent" }, signal)) === null;
}

/** Undefined when the store says that it knows no conditions. */
async function putIf(store: BlobStore, key: string, text: string, condition: Condition, signal: AbortSignal) {
  try {
    return await store.put(key, Buffer.from(text), { signal, condition });
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.details?.["conditionalWrites"] === false) return undefined;
    throw thrown;
  }
}

function unusable(store: BlobStore, why: string): ForkpointError {
  return new ForkpointError("STORE_DENIED", `The store ${store.url} cannot be used: ${why}.`, {
    hint: "Choose another store, or find out what stands between it and this machine.",
  });
}
