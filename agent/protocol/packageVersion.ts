import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The version in the package.json that a module belongs to: the nearest one above it, both among the
 * sources and in an installed extension.
 * @param folder the module's own folder
 */
export function packageVersion(folder: string): string {
  const file = join(folder, "package.json");
  if (!existsSync(file)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("No package.json lies above the program.");
    return packageVersion(parent);
  }
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
  if (typeof version !== "string") throw new Error(`${file} names no version.`);
  return version;
}
