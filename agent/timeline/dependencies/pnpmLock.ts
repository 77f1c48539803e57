import { z } from "zod";
import { shapeOf } from "./jsonOf.ts";
import { Packages } from "./packages.ts";
import { yamlOf } from "./yamlOf.ts";

const Lock = z.looseObject({
  lockfileVersion: z.string(),
  packages: z
    .record(z.string(), z.looseObject({ name: z.string().optional(), version: z.string().optional() }))
    .optional(),
});

/** pnpm-lock.yaml, whose keys were written `/a/1.0.0`, then `/a@1.0.0`, and are now `a@1.0.0`. @throws NotALockfile */
export function readPnpmLock(text: string): Packages {
  const found = new Packages();
  for (const document of yamlOf(text)) {
    const { lockfileVersion, packages } = shapeOf(document, Lock);
    const separator = Number.parseFloat(lockfileVersion) < 6 ? "/" : "@";
    for (const [key, { name, version }] of Object.entries(packages ?? {})) {
      const named = nameAndVersion(key, separator);
      found.add(name ?? named.name, version ?? named.version);
    }
  }
  return found;
}

function nameAndVersion(key: string, separator: "/" | "@"): { name: string; version: string } {
  const [bare = key] = key.replace(/^\//, "").split("(");
  // A scope begins with the sign, too.
  const at = separator === "/" ? bare.lastIndexOf("/") : bare.indexOf("@", 1);
  if (at <= 0) return { name: bare, version: "unknown" };
  const [version = ""] = bare.slice(at + 1).split(separator === "/" ? "_" : "(");
  return { name: bare.slice(0, at), version };
}
