import { lstat, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { CrashPoint } from "../host/crashPoints.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { isWithin, readMountTable } from "../volumes/mountTable.ts";
import type { HelperPlaces } from "../volumes/privileged/helperPlaces.ts";
import { askDirectly } from "./askHelper.ts";
import { BootUnit, bootUnitText } from "./bootUnit.ts";
import { recordFile } from "./installedRecord.ts";
import { poolsOf, type SetupGround } from "./pieces.ts";
import { removeRootFile, unlessMissing } from "./rootOwned.ts";
import { lockFile, withSetupLock } from "./setupLock.ts";
import { SudoersFile } from "./sudoersFile.ts";
import type { UserAccount } from "./userAccount.ts";

/**
 * Takes back what was set up for a user, and everything when nobody else is left. The rule goes first, so
 * nobody can call a helper that is half gone; the programs go last, for they know whether pools are left.
 * @returns the names of what was removed
 * @throws ForkpointError POOL_IN_USE with details.pools while pools are registered, SETUP_BLOCKED, SETUP_BUSY
 */
export async function takeBack(
  ground: SetupGround,
  user: UserAccount,
  crashPoint: CrashPoint,
): Promise<string[]> {
  return withSetupLock(ground.places, async () => {
    const { places, processes } = ground;
    await refuseWithPools(ground, user.uid, user.name);
    const removed: string[] = [];
    const step = async (name: string, work: () => Promise<boolean>) => {
      if (await work()) removed.push(name);
      crashPoint(`takeBack:${name}`);
    };
    const sudoers = new SudoersFile(processes, places);
    await step("sudoers rule", () => sudoers.withdraw(user));
    await step(`mount folder of ${user.name}`, () => removeFolders(poolsOf(places, user.uid)));
    if ((await sudoers.users()).length > 0) return removed;
    for (const uid of await uidsWithTraces(places)) await refuseWithPools(ground, uid, `user ${uid}`);
    const unit = new BootUnit(processes, places.unit, bootUnitText(places));
    await step("systemd unit", () => unit.remove());
    await step("state folder", () => removeState(places));
    await step("program folder", () => removePrograms(places));
    return removed;
  });
}

/** @throws ForkpointError POOL_IN_USE; SETUP_BLOCKED when it cannot be found out */
async function refuseWithPools({ places, processes }: SetupGround, uid: number, who: string): Promise<void> {
  const mounted = await mountsBelow(poolsOf(places, uid));
  const known = await exists(registryFile(places));
  const registered = known ? await registeredPools() : [];
  const pools = [...new Set([...registered, ...mounted])];
  if (pools.length === 0) return;
  throw new ForkpointError("POOL_IN_USE", `The helper keeps pools of ${who}: ${pools.join(", ")}.`, {
    details: { pools },
    hint: "Remove them first with `forkpoint pool remove`, which can keep the image.",
  });

  async function registeredPools(): Promise<string[]> {
    try {
      return (await askDirectly(processes, places.lib, uid)).pools.map(({ image }) => image);
    } catch (cause) {
      throw new ForkpointError("SETUP_BLOCKED", `The helper cannot say whether ${who} has pools.`, {
        cause,
        hint: "Run the set-up first, which mends the helper, then take it back.",
      });
    }
  }
}

function registryFile({ state }: HelperPlaces): string {
  return join(state, "registry.sqlite");
}

/** Whoever made pools, by number. */
async function uidsWithTraces(places: HelperPlaces): Promise<number[]> {
  const names = [...(await namesIn(places.pools)), ...(await namesIn(locksFolder(places)))];
  const uids = names.flatMap((name) => /^(\d+)(?:\.sqlite)?$/.exec(name)?.[1] ?? []);
  return [...new Set(uids)].map(Number);
}

/** Where the helper keeps a file for each user who has made a pool. */
function locksFolder({ state }: HelperPlaces): string {
  return join(state, "locks");
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessMissing)) ?? [];
}

async function removeState(places: HelperPlaces): Promise<boolean> {
  if (!(await exists(places.state))) return false;
  await removeFolders(places.pools);
  const locks = locksFolder(places);
  for (const name of await namesIn(locks)) {
    if (/^\d+\.sqlite(-journal)?$/.test(name)) await removeRootFile(join(locks, name));
  }
  await removeFolders(locks);
  const registry = registryFile(places);
  for (const ending of ["-journal", "-wal", "-shm", ""]) await removeRootFile(`${registry}${ending}`);
  for (const name of ["helper.log", "helper.log.1"]) await removeRootFile(join(places.state, name));
  await removeEmpty(places.state);
  return true;
}

async function removePrograms(places: HelperPlaces): Promise<boolean> {
  if (!(await exists(places.lib))) return false;
  const { node, program, config } = places;
  for (const file of [program, config, node, recordFile(places), lockFile(places)])
    await removeRootFile(file);
  await removeEmpty(places.lib);
  return true;
}

/** Removes empty folders with the empty folders in them; never anything that is mounted, or a file. */
async function removeFolders(folder: string): Promise<boolean> {
  const found = await readdir(folder, { withFileTypes: true }).catch(unlessMissing);
  if (!found) return false;
  for (const entry of found) if (entry.isDirectory()) await removeFolders(join(folder, entry.name));
  await removeEmpty(folder);
  return true;
}

/** @throws ForkpointError SETUP_BLOCKED when something is in it that is not ours */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (cause) {
    const left = await readdir(folder);
    throw new ForkpointError(
      "SETUP_BLOCKED",
      `${folder} holds what is not Forkpoint's: ${left.join(", ")}.`,
      {
        cause,
      },
    );
  }
}

async function mountsBelow(folder: string): Promise<string[]> {
  const mounts = await readMountTable();
  return mounts.map(({ path }) => path).filter((path) => path !== folder && isWithin(path, folder));
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(unlessMissing)) !== undefined;
}
