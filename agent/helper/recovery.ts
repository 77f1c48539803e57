import { closeSync, fchmodSync, fchownSync, fstatSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isAlive, mountPointOf, type Call } from "./caller.ts";
import { HeldFolder } from "./heldFolder.ts";
import { holdFile, identityOf, isImage, isSameImage, openImage } from "./imageFile.ts";
import { free } from "./loopDevices.ts";
import { mountAt, openInPool, openPool } from "./mountedPool.ts";
import type { Intent } from "./registry.ts";
import { removeStaging } from "./stagingFolder.ts";

/** Whether calls of this user were killed. */
export function hasLeftovers({ registry, uid }: Call): boolean {
  return registry.intents(uid).some((row) => !isAlive(row));
}

/** Ends what calls of this user have left that were killed. Other users' is theirs. */
export async function recover(call: Call): Promise<void> {
  for (const row of call.registry.intents(call.uid)) {
    if (isAlive(row)) continue;
    if (await settle(call, row.intent)) call.registry.end(row.id);
  }
}

/** Ends an intent of this call, which failed. */
export async function takeBack(call: Call, id: number): Promise<void> {
  const row = call.registry.intents(call.uid).find((each) => each.id === id);
  if (row && (await settle(call, row.intent))) call.registry.end(id);
}

/** Whether nothing of it is left to do. */
async function settle(call: Call, intent: Intent): Promise<boolean> {
  switch (intent.kind) {
    case "makePool":
      await unmake(call, intent);
      return true;
    case "attach":
      // The mount may have come about before the kill or after it: then the pool is mounted, as was wanted.
      await free(intent, "keep");
      return true;
    case "giveBack":
      giveBack(call, intent);
      return true;
    case "receive":
      return unreceive(call, intent);
  }
}

/** The new file goes, under the name it was made with or, when it had got there, under that of the image. */
async function unmake({ registry }: Call, intent: Extract<Intent, { kind: "makePool" }>): Promise<void> {
  if (intent.file) await free(intent.file);
  for (const name of [intent.made, intent.final]) {
    const held = holdFile(join(intent.folder, name));
    if (held === null) continue;
    const stat = fstatSync(held, { bigint: true });
    // Cut off before the file was noted down, it can have no other name than this one.
    const isIt = intent.file ? isSameImage(identityOf(stat), intent.file) : name === intent.made;
    const isOurs = isIt && isImage(held);
    closeSync(held);
    if (!isOurs) continue;
    const folder = HeldFolder.at(intent.folder);
    if (folder.find(name)?.ino === stat.ino) unlinkSync(folder.pathOf(name));
    folder.close();
  }
  if (intent.file) registry.remove(intent.file);
}

/** The image of a pool that is no more becomes a plain file of the caller's. */
export function giveBack({ uid, state }: Call, image: { image: string; inode: string; born: string }): void {
  const file = openImage(image, state.pools, "read");
  if (file === null) return;
  fchownSync(file, uid, -1);
  fchmodSync(file, 0o600);
  closeSync(file);
}

/** What a killed receive has left lies in a pool, and can be removed only while that is mounted. */
async function unreceive(call: Call, intent: Extract<Intent, { kind: "receive" }>): Promise<boolean> {
  const { name, directory, staging } = intent;
  if (!mountAt(mountPointOf(call, name))) {
    return !call.registry.pools(call.uid).some((pool) => pool.name === name);
  }
  const pool = openPool(call, name);
  try {
    const folder = openInPool(pool, directory);
    await removeStaging(folder, staging);
    folder.close();
  } catch (thrown) {
    // Its folder is gone, and with it what was in there.
    if ((thrown as { code?: string }).code !== "PATH_NOT_FOUND") throw thrown;
  } finally {
    pool.close();
  }
  return true;
}
