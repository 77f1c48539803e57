import { lstat } from "node:fs/promises";
import { inParallel } from "../../host/inParallel.ts";
import type { ActChange } from "../../protocol/acts.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import { joinBytes } from "../../volumes/bytePaths.ts";
import type { PathChange } from "../../volumes/comparison/compareSnapshots.ts";

const filesAtOnce = 16;
const mostLockfiles = 3;

const lockfileNames = new Set([
  ...["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"],
  ...["deno.lock", "Cargo.lock", "go.sum", "poetry.lock", "Pipfile.lock", "uv.lock", "pdm.lock"],
  ...["Gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock", "packages.lock.json", "flake.lock"],
]);
const dependencyFolders = new Set([
  ...["node_modules", "bower_components", ".yarn", ".pnpm-store", "vendor"],
  ...[".venv", "venv", "site-packages", "Pods", ".bundle"],
]);

/**
 * Counts what differs between two snapshots.
 * @param before the folder of the older one
 */
export async function countChange(before: string, changes: readonly PathChange[]): Promise<ActChange> {
  const count = { files: 0, added: 0, removed: 0, bytes: 0, inDependencies: 0, inGit: 0 };
  const lockfiles: string[] = [];
  await inParallel(changes, filesAtOnce, async ({ path, kind, type, size }) => {
    const names = path.toString("utf8").split("/");
    if (names.includes(".git")) {
      count.inGit++;
      return;
    }
    if (kind === "added") count.bytes += size ?? 0;
    if (kind === "removed") count.bytes -= size ?? 0;
    if (kind === "modified" && size !== null) count.bytes += size - (await sizeBefore(before, path));
    if (type === "directory" || kind === "metadata") return;
    count.files++;
    if (kind === "added") count.added++;
    if (kind === "removed") count.removed++;
    const installed = names.slice(0, -1).some((name) => dependencyFolders.has(name));
    if (installed) count.inDependencies++;
    else if (lockfileNames.has(names.at(-1) ?? "")) lockfiles.push(encodeVolumePath(path));
  });
  return { ...count, lockfiles: lockfiles.sort().slice(0, mostLockfiles) };
}

/** 0 for what was no file then, or had another name. */
async function sizeBefore(before: string, path: Buffer): Promise<number> {
  try {
    const stat = await lstat(joinBytes(Buffer.from(before), path));
    return stat.isFile() ? stat.size : 0;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return 0;
    throw thrown;
  }
}
