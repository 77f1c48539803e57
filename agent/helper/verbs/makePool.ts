import { randomBytes } from "node:crypto";
import {
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  statfsSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import { type Call } from "../caller.ts";
import type { HeldFolder } from "../heldFolder.ts";
import { checkPlace, holdIn, identityOf, isSameImage, openFolderOf } from "../imageFile.ts";
import { attach, backingOf, detach } from "../loopDevices.ts";
import { run } from "../programs.ts";
import { takeBack } from "../recovery.ts";
import type { Intent } from "../registry.ts";

/** So that nobody takes all loop devices of the machine. */
const mostPools = 16;
/** Bytes. */
const nearlyFull = 4 * 1024 * 1024;

/**
 * Makes a pool in place of the caller's empty file. The file system is made in a new file that was root's from
 * its first moment, so nobody can have it open and change it under the kernel; it then takes the place of the
 * caller's.
 */
export async function makePool(call: Call, { image }: RequestOf<"makePool">): Promise<void> {
  const { registry, uid, mark } = call;
  if (registry.pools(uid).length >= mostPools) {
    throw new ForkpointError("IMAGE_REFUSED", `You have ${mostPools} pools already; that is the most.`, {
      hint: "Remove a pool that is not needed.",
    });
  }
  const folder = openFolderOf(image, uid);
  const name = basename(image);
  const size = sizeOfEmpty(folder, name, call, image);
  const made = `.forkpoint-${randomBytes(6).toString("hex")}.new`;
  const intent: Intent = { kind: "makePool", folder: dirname(image), made, final: name, file: null };
  const id = registry.begin(uid, mark, intent);
  try {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const file = openSync(folder.pathOf(made), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o400);
    fchmodSync(file, 0o400);
    ftruncateSync(file, size);
    const stat = fstatSync(file, { bigint: true });
    const identity = identityOf(stat);
    registry.update(id, { ...intent, file: { ...backingOf(stat), ...identity } });
    const device = await attach(file);
    await run("mkfs.btrfs", ["--quiet", device]);
    await detach(device);
    fsyncSync(file);
    renameSync(folder.pathOf(made), folder.pathOf(name));
    const placed = folder.find(name);
    if (!placed || !isSameImage(identityOf(placed), identity)) throw replaced(image);
    registry.transaction(() => {
      registry.add({ uid, image, ...identity });
      registry.end(id);
    });
  } catch (thrown) {
    await takeBack(call, id);
    // A loop device on a full disk says no more than that it cannot write.
    const { bavail, bsize } = statfsSync(`/proc/self/fd/${folder.fd}`);
    if (bavail * bsize >= nearlyFull) throw thrown;
    throw new ForkpointError("POOL_FULL", `The disk that would hold ${image} is full.`, { cause: thrown });
  }
}

/** The bytes of the caller's file, which is empty. @throws ForkpointError IMAGE_REFUSED */
function sizeOfEmpty(folder: HeldFolder, name: string, { uid, state }: Call, image: string): number {
  const held = holdIn(folder, name);
  if (held === null) throw refused(image, "is not there");
  const stat = fstatSync(held, { bigint: true });
  if (!stat.isFile()) throw refused(image, "is not a plain file");
  if (stat.uid !== BigInt(uid)) throw refused(image, "is not yours");
  if (stat.nlink !== 1n) throw refused(image, "has another name");
  if (stat.blocks !== 0n) throw refused(image, "is not empty");
  checkPlace(held, image, state.pools);
  return Number(stat.size);
}

function refused(image: string, why: string): ForkpointError {
  return new ForkpointError("IMAGE_REFUSED", `${image} ${why}: a pool is made in an empty file of your own.`);
}

function replaced(image: string): ForkpointError {
  return new ForkpointError("IMAGE_REFUSED", `${image} was replaced while the pool was made.`);
}
