import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./paths.mjs";

const sources = [
  ...["agent", "extension", "webview", "media", "bin", "l10n"],
  ...[
    "package.json",
    "package-lock.json",
    ".vscodeignore",
    "README.md",
    "CHANGELOG.md",
    "docs/problems.md",
    "docs/images",
    "scripts/build.mjs",
  ],
];

/** The texts of the manifest, and each translation of them. */
const manifestTexts = /^package\.nls(\.[\w-]+)?\.json$/;

/**
 * A digest of what the packed extension is made from: the names, sizes and times of its sources.
 * @param {string} root the folder that holds them
 */
export function extensionSources(root = checkout) {
  const hash = createHash("sha256");
  const texts = readdirSync(root).filter((name) => manifestTexts.test(name));
  for (const source of [...sources, ...texts.sort()].filter((path) => existsSync(join(root, path)))) {
    for (const path of filesOf(root, source)) {
      const { size, mtimeMs } = statSync(join(root, path));
      hash.update(`${path}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} path
 */
function filesOf(root, path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => join(path, name));
}
