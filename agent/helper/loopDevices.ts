import { fstatSync, type BigIntStats } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ForkpointError } from "../protocol/errors.ts";
import { readMounts } from "../volumes/mountTable.ts";
import { run } from "./programs.ts";

const columns = "NAME,BACK-INO,BACK-MAJ:MIN";
const List = z.object({
  loopdevices: z.array(
    z.object({
      name: z.string(),
      "back-ino": z.coerce.string().nullable(),
      // Padded with blanks.
      "back-maj:min": z.string().trim().nullable(),
    }),
  ),
});

/** Which file it is, by what the kernel says of it: a path says nothing. */
export interface BackingFile {
  /** Major and minor number, as `8:1`. */
  readonly device: string;
  readonly inode: string;
}

export function backingOf({ dev, ino }: BigIntStats): BackingFile {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return { device: `${major}:${minor}`, inode: String(ino) };
}

/**
 * Attaches an open file to a loop device and gives the device's path.
 * @throws ForkpointError IMAGE_REFUSED when another file got attached: losetup goes by the path, which somebody
 *   replaced in that moment
 */
export async function attach(file: number): Promise<string> {
  const device = (await run("losetup", ["--find", "--show", "/proc/self/fd/3"], [file])).trim();
  const wanted = backingOf(fstatSync(file, { bigint: true }));
  if ((await devicesOf(wanted)).includes(device)) return device;
  await run("losetup", ["--detach", device]);
  throw new ForkpointError("IMAGE_REFUSED", "The image was replaced while it was attached.");
}

/** The loop devices that a file is attached to. */
export async function devicesOf(file: BackingFile): Promise<string[]> {
  const output = await run("losetup", ["--json", "--list", "--output", columns]);
  if (output.trim() === "") return [];
  return List.parse(JSON.parse(output))
    .loopdevices.filter((each) => each["back-ino"] === file.inode && each["back-maj:min"] === file.device)
    .map((each) => each.name);
}

/** Detaches a device now or, while it is mounted, when it is unmounted. */
export async function detach(device: string): Promise<void> {
  await run("losetup", ["--detach", device]);
}

/**
 * Frees a file from its loop devices, and waits until the kernel let go of it. `mounted` is what becomes of
 * those that are mounted: they are waited for, or kept until they are unmounted.
 * @throws ForkpointError POOL_IN_USE when it does not let go
 */
export async function free(file: BackingFile, mounted: "wait" | "keep" = "wait"): Promise<void> {
  for (let tries = 0; ; tries++) {
    const devices = await devicesOf(file);
    const sources = new Set(readMounts().map((mount) => mount.source));
    const isMounted = (device: string) => sources.has(device);
    if (mounted === "keep" && devices.every(isMounted)) {
      for (const device of devices) await detach(device);
      return;
    }
    if (devices.length === 0) return;
    for (const device of devices) if (!isMounted(device)) await detach(device).catch(() => undefined);
    if (tries === 50) {
      throw new ForkpointError("POOL_IN_USE", `The pool's image is still in use as ${devices.join(", ")}.`, {
        hint: "Something has the pool open, maybe in a container. End it, then try again.",
      });
    }
    await sleep(20 * Math.min(tries, 10));
  }
}
