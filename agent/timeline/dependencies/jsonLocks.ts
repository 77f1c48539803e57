import { z } from "zod";
import { jsonOf } from "./jsonOf.ts";
import { Packages } from "./packages.ts";

const Named = z.array(z.looseObject({ name: z.string(), version: z.string() }));
const Composer = z.looseObject({ packages: Named, "packages-dev": Named.nullish() });
const Pins = z.record(z.string(), z.looseObject({ version: z.string().optional() }));
const Pipfile = z.looseObject({ default: Pins, develop: Pins.optional() });

/** composer.lock. @throws NotALockfile */
export function readComposerLock(text: string): Packages {
  const lock = jsonOf(text, Composer);
  const found = new Packages();
  for (const { name, version } of [...lock.packages, ...(lock["packages-dev"] ?? [])])
    found.add(name, version);
  return found;
}

/** Pipfile.lock. What comes from a folder or a repository has no version. @throws NotALockfile */
export function readPipfileLock(text: string): Packages {
  const lock = jsonOf(text, Pipfile);
  const found = new Packages();
  for (const [name, { version }] of [
    ...Object.entries(lock.default),
    ...Object.entries(lock.develop ?? {}),
  ]) {
    if (version !== undefined) found.add(name, version.replace(/^==/, ""));
  }
  return found;
}
