import { chmodSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ForkpointError } from "../protocol/errors.ts";
import { programPlaces } from "../volumes/privileged/helperPlaces.ts";

const Config = z.strictObject({ state: z.string().startsWith("/") });
const writableByOthers = 0o022;

/** What the helper keeps. Absolute paths. */
export interface State {
  readonly registry: string;
  readonly log: string;
  readonly locks: string;
  /** Below it, in a folder for each user, pools are mounted. */
  readonly pools: string;
}

/**
 * Finds the state through `config.json` beside the helper's own file, and in no other way.
 * @throws ForkpointError HELPER_BROKEN when somebody but root could have written any of it
 */
export function findState(lib: string): State {
  const { node, program, config } = programPlaces(lib);
  for (const path of [lib, node, program, config]) checkIsRoots(path);
  const fd = openSync(config, constants.O_RDONLY | constants.O_NOFOLLOW);
  if (!isRoots(fstatSync(fd))) throw broken(`${config} can be written by others than root.`);
  const parsed = Config.safeParse(readJson(fd));
  if (!parsed.success) throw broken(`${config} is no configuration of the helper.`);
  const { state } = parsed.data;
  checkIsRoots(state);
  const pools = join(state, "pools");
  const locks = join(state, "locks");
  ownFolder(pools, 0o711);
  ownFolder(locks, 0o700);
  for (const path of [pools, locks]) checkIsRoots(path);
  return { registry: join(state, "registry.sqlite"), log: join(state, "helper.log"), locks, pools };
}

/** Makes a folder when it is missing, with exactly that mode: the process's mask takes away more. */
export function ownFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, mode);
}

/** The path and every folder above it: who can rename one of those can put another in its place. */
function checkIsRoots(path: string): void {
  for (let at = path; ; at = dirname(at)) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    // In a sticky folder nobody else can rename what is root's.
    const isSticky = stat !== undefined && at !== path && stat.uid === 0 && (stat.mode & 0o1000) !== 0;
    if (!stat || !(isRoots(stat) || isSticky)) {
      throw broken(`${at} is missing or can be written by others than root.`);
    }
    if (at === "/") return;
  }
}

function isRoots(stat: { uid: number; mode: number }): boolean {
  return stat.uid === 0 && (stat.mode & writableByOthers) === 0;
}

function readJson(fd: number): unknown {
  try {
    return JSON.parse(readFileSync(fd, "utf8"));
  } catch {
    return undefined;
  }
}

function broken(message: string): ForkpointError {
  return new ForkpointError("HELPER_BROKEN", message);
}
