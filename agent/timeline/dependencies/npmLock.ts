import { z } from "zod";
import { jsonOf } from "./jsonOf.ts";
import { Packages } from "./packages.ts";

const Installed = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
});
const Nested = z.looseObject({
  version: z.string(),
  get dependencies() {
    return z.record(z.string(), Nested).optional();
  },
});
const Lock = z.looseObject({
  lockfileVersion: z.number(),
  packages: z.record(z.string(), Installed).optional(),
  dependencies: z.record(z.string(), Nested).optional(),
});
const folder = "node_modules/";

/** package-lock.json and npm-shrinkwrap.json, versions 1 to 3. @throws NotALockfile */
export function readNpmLock(text: string): Packages {
  const { packages, dependencies } = jsonOf(text, Lock);
  const found = new Packages();
  if (!packages) {
    addNested(dependencies ?? {}, found);
    return found;
  }
  for (const [place, { name, version, resolved, link }] of Object.entries(packages)) {
    const at = place.lastIndexOf(folder);
    // What lies elsewhere is a part of the project itself.
    if (at === -1 || link) continue;
    found.add(name ?? place.slice(at + folder.length), version ?? resolved ?? "unknown");
  }
  return found;
}

function addNested(dependencies: Readonly<Record<string, z.infer<typeof Nested>>>, found: Packages): void {
  for (const [name, { version, dependencies: below }] of Object.entries(dependencies)) {
    found.add(name, version);
    if (below) addNested(below, found);
  }
}
