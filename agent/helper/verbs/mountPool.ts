import { chmodSync, chownSync, closeSync, fstatSync, readdirSync, rmdirSync } from "node:fs";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import { mountPointOf, mountsFolderOf, underIntent, type Call } from "../caller.ts";
import { holdFile, identityOf, isSameImage, openImage } from "../imageFile.ts";
import { attach, backingOf, detach, devicesOf, free } from "../loopDevices.ts";
import { ownFolder } from "../installation.ts";
import { mountAt } from "../mountedPool.ts";
import { run } from "../programs.ts";
import type { PoolRow } from "../registry.ts";

/** nosuid and nodev: what is in a pool is the caller's doing. The rest is as root mounts its own. */
const mountOptions = "compress=zstd:1,noatime,user_subvol_rm_allowed,nosuid,nodev";

/** Mounts a pool of the caller at the place of that name. @throws ForkpointError POOL_NOT_FOUND, POOL_EXISTS */
export async function mountPool(call: Call, { image, name }: RequestOf<"mount">): Promise<{ path: string }> {
  const row = findPool(call, image);
  const path = mountPointOf(call, name);
  const file = openImage({ ...row, image }, call.state.pools, "write");
  if (file === null) throw unknown(image);
  const backing = backingOf(fstatSync(file, { bigint: true }));
  const there = mountAt(path);
  const devices = await devicesOf(backing);
  if (there && devices.includes(there.source)) {
    // A call that was killed once it had mounted did not get to this.
    handOver(call, path);
    return { path };
  }
  if (there || call.registry.pools(call.uid).some((each) => each.name === name && each.inode !== row.inode)) {
    throw new ForkpointError("POOL_EXISTS", `You have another pool ${name}.`);
  }
  if (row.name !== null && row.name !== name && mountAt(mountPointOf(call, row.name))) {
    throw new ForkpointError("POOL_EXISTS", `The pool is mounted already, as ${row.name}.`);
  }
  await free(backing);
  call.registry.place(row, image, name);
  await makeMountPoint(call, path);
  await underIntent(call, { kind: "attach", ...backing }, async () => {
    const device = await attach(file);
    try {
      await run("mount", ["-t", "btrfs", "-o", mountOptions, "--", device, path]);
    } finally {
      // Mounted, it stays until it is unmounted.
      await detach(device);
    }
    handOver(call, path);
  });
  closeSync(file);
  return { path };
}

function handOver({ uid }: Call, path: string): void {
  chownSync(path, uid, -1);
  chmodSync(path, 0o700);
}

/** @throws ForkpointError POOL_IN_USE */
export async function unmountPool(call: Call, { name }: RequestOf<"unmount">): Promise<void> {
  const path = mountPointOf(call, name);
  if (mountAt(path)) await run("umount", ["--", path]);
  try {
    rmdirSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
}

/** The pool in the file at `image`, wherever it was when it was made. */
function findPool({ registry, uid }: Call, image: string): PoolRow {
  const held = holdFile(image);
  if (held === null) throw unknown(image);
  const identity = identityOf(fstatSync(held, { bigint: true }));
  closeSync(held);
  const row = registry.pools(uid).find((each) => isSameImage(each, identity));
  if (!row) throw unknown(image);
  return row;
}

async function makeMountPoint(call: Call, path: string): Promise<void> {
  const folder = mountsFolderOf(call);
  ownFolder(folder, 0o710);
  // Only the caller's own group passes: files in a pool may belong to anybody, by what the caller says.
  chownSync(folder, 0, await groupOf(call.uid));
  ownFolder(path, 0o711);
  if (readdirSync(path).length > 0) throw new ForkpointError("POOL_EXISTS", `${path} is not empty.`);
}

async function groupOf(uid: number): Promise<number> {
  const group = Number((await run("getent", ["passwd", String(uid)])).split(":")[3]);
  if (!Number.isInteger(group)) throw new Error(`The user ${uid} has no group.`);
  return group;
}

function unknown(image: string): ForkpointError {
  return new ForkpointError("POOL_NOT_FOUND", `${image} is no pool of yours.`);
}
