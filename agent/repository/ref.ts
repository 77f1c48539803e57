import { z } from "zod";
import type { BlobStore, Condition } from "../blobstore/blobStore.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { Lineage } from "../protocol/project.ts";
import { damaged } from "./digest.ts";
import { openSealed, sealObject } from "./jsonObject.ts";
import { objectKeys } from "./objectKeys.ts";
import { roles, type Sealing } from "./sealing.ts";

/** FORMAT.md, "Refs": the one mutable object of a project. */
export const Ref = z.strictObject({
  format: z.literal(1),
  projectId: z.string(),
  slug: z.string(),
  /** The manifest of the newest snapshot. */
  head: z.string().regex(/^[0-9a-f]{64}$/),
  /** Grows by one whenever another machine takes the project over. */
  epoch: z.number().int().positive(),
  /** The machine that may write in this epoch. */
  machineId: z.string(),
  /** ISO 8601, UTC, by that machine's clock. */
  updatedAt: z.iso.datetime(),
  forkedFrom: Lineage.nullable(),
});
export type Ref = z.infer<typeof Ref>;

export interface ReadRef {
  readonly ref: Ref;
  readonly etag: string;
}

/** @throws ForkpointError OBJECT_DAMAGED, REPOSITORY_NEWER, STORE_* */
export async function readRef(
  store: BlobStore,
  sealing: Sealing,
  projectId: string,
  signal: AbortSignal,
): Promise<ReadRef | null> {
  const found = await store.get(objectKeys.ref(sealing.nameProject(projectId)), { signal });
  return found && { ref: openRef(sealing, projectId, found.bytes), etag: found.etag };
}

/** How often a ref is written anew over a late write of this machine's own. */
const attempts = 5;

/**
 * Replaces `current` (null: nothing) by `next`, or nothing at all. An outcome the store left unknown is
 * looked up before it is reported. What stands in the way and was written by the same machine in the same epoch is an
 * earlier write of its own that was given up and arrived late; it is replaced, too.
 * @param conditional whether the store honours conditions; without, the caller must be the only writer
 * @throws ForkpointError REF_CONFLICT when another writer was faster
 */
export async function writeRef(
  store: BlobStore,
  sealing: Sealing,
  current: ReadRef | null,
  next: Ref,
  options: { signal: AbortSignal; conditional: boolean },
): Promise<void> {
  const { signal, conditional } = options;
  const { projectId, machineId, epoch } = next;
  const key = objectKeys.ref(sealing.nameProject(projectId));
  const bytes = sealing.seal(roles.ref(projectId), sealObject(Ref.parse(next)));
  let replaced = current;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (await putRef(store, key, bytes, replaced?.etag ?? null, { signal, conditional })) return;
    replaced = await readRef(store, sealing, projectId, signal);
    if (replaced?.ref.machineId !== machineId || replaced.ref.epoch !== epoch) break;
  }
  throw refConflict(projectId, "another machine wrote it at the same time");
}

/** Whether it is there now; what the store left unknown is looked up. */
async function putRef(
  store: BlobStore,
  key: string,
  bytes: Buffer,
  replaced: string | null,
  { signal, conditional }: { signal: AbortSignal; conditional: boolean },
): Promise<boolean> {
  const condition: Condition = replaced === null ? { kind: "absent" } : { kind: "match", etag: replaced };
  try {
    if (await store.put(key, bytes, { signal, ...(conditional ? { condition } : {}) })) return true;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    if (await holds(store, key, bytes, signal)) return true;
    throw thrown;
  }
  // A write that was applied but answered late is refused by its own effect when tried again.
  return holds(store, key, bytes, signal);
}

/**
 * Writes the ref of a project whose own cannot be read or is not there. One that can be read stays.
 * @throws ForkpointError REF_CONFLICT when another writer was faster
 */
export async function mendRef(
  store: BlobStore,
  sealing: Sealing,
  next: Ref,
  { signal, conditional }: { signal: AbortSignal; conditional: boolean },
): Promise<void> {
  const { projectId } = next;
  const key = objectKeys.ref(sealing.nameProject(projectId));
  const found = await store.get(key, { signal });
  if (found && isSound(sealing, projectId, found.bytes)) return;
  const bytes = sealing.seal(roles.ref(projectId), sealObject(Ref.parse(next)));
  const written = await putRef(store, key, bytes, found?.etag ?? null, { signal, conditional });
  if (!written) throw refConflict(projectId, "another machine wrote it at the same time");
}

/** Takes away the ref of a project that cannot be read. One that can stays. */
export async function removeRef(
  store: BlobStore,
  sealing: Sealing,
  projectId: string,
  signal: AbortSignal,
): Promise<void> {
  const key = objectKeys.ref(sealing.nameProject(projectId));
  const found = await store.get(key, { signal });
  if (found && !isSound(sealing, projectId, found.bytes)) await store.delete(key, { signal });
}

function isSound(sealing: Sealing, projectId: string, bytes: Uint8Array): boolean {
  try {
    openRef(sealing, projectId, bytes);
    return true;
  } catch (thrown) {
    if (thrown instanceof ForkpointError && thrown.code === "OBJECT_DAMAGED") return false;
    throw thrown;
  }
}

function openRef(sealing: Sealing, projectId: string, bytes: Uint8Array): Ref {
  const object = `ref ${projectId}`;
  const ref = openSealed(object, sealing.open(roles.ref(projectId), object, bytes), Ref);
  if (ref.projectId !== projectId) throw damaged(object, "it is of another project");
  return ref;
}

/**
 * The epoch in which this machine may write. A machine that pulled the project takes it over as long as
 * the ref still names what it pulled; the machine before then finds itself refused here.
 * @param knownHead the head as this machine last wrote or read it
 * @throws ForkpointError REF_CONFLICT when another machine writes this project
 */
export function epochToWrite(current: ReadRef | null, machineId: string, knownHead: string | null): number {
  if (!current) return 1;
  const { ref } = current;
  if (ref.machineId === machineId) return ref.epoch;
  if (ref.head === knownHead) return ref.epoch + 1;
  throw refConflict(ref.projectId, `machine ${ref.machineId} writes it`);
}

async function holds(store: BlobStore, key: string, bytes: Buffer, signal: AbortSignal): Promise<boolean> {
  const found = await store.get(key, { signal });
  return found !== null && bytes.equals(found.bytes);
}

function refConflict(projectId: string, why: string): ForkpointError {
  return new ForkpointError("REF_CONFLICT", `The copy of project ${projectId} belongs elsewhere: ${why}.`, {
    details: { projectId },
  });
}
