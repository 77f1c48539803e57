import { parse } from "smol-toml";
import { z } from "zod";
import { shapeOf } from "./jsonOf.ts";
import { NotALockfile, Packages } from "./packages.ts";

const Package = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  source: z.union([z.string(), z.looseObject({})]).optional(),
});
const Lock = z.looseObject({ package: z.array(Package).optional() });
type Source = z.infer<typeof Package>["source"];

function readPackages(text: string, isForeign: (source: Source) => boolean): Packages {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw new NotALockfile("it is not TOML");
  }
  const found = new Packages();
  for (const { name, version, source } of shapeOf(value, Lock).package ?? []) {
    if (version !== undefined && isForeign(source)) found.add(name, version);
  }
  return found;
}

/** poetry.lock and pdm.lock, which name nothing of the project itself. @throws NotALockfile */
export function readPythonLock(text: string): Packages {
  return readPackages(text, () => true);
}

/** Cargo.lock, where the project's own crates have no source. @throws NotALockfile */
export function readCargoLock(text: string): Packages {
  return readPackages(text, (source) => source !== undefined);
}

/** uv.lock, where the project's own packages come from its folders. @throws NotALockfile */
export function readUvLock(text: string): Packages {
  const own = ["editable", "virtual", "directory"];
  return readPackages(
    text,
    (source) => typeof source !== "object" || !own.some((key) => Object.hasOwn(source, key)),
  );
}
