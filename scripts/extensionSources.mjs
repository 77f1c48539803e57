import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./paths.mjs";

const sources = [
  ...["agent", "extension", "webview", "media", "bin", "l10n"],
  ...[
    "package.json",
    "package.nls.json",
    "package-lock.json",
    ".vscodeignore",
    "README.md",
    "CHANGELOG.md",
    "docs/problems.md",
    "docs/images",
    "scripts/build.mjs",
  ],
];

/** A digest of what the packed extension is made from: the names, sizes and times of its sources. */
export function extensionSources() {
  const hash = createHash("sha256");
  for (const source of sources.filter((path) => existsSync(join(checkout, path)))) {
    for (const path of filesOf(source)) {
      const { size, mtimeMs } = statSync(join(checkout, path));
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

/** @param {string} path */
function filesOf(path) {
  if (statSync(join(checkout, path)).isFile()) return [path];
  return readdirSync(join(checkout, path), { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => join(path, name));
}
