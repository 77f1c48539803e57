const lockfileNames = new Set([
  ...["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"],
  ...["deno.lock", "Cargo.lock", "go.sum", "poetry.lock", "Pipfile.lock", "uv.lock", "pdm.lock"],
  ...["Gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock", "packages.lock.json", "flake.lock"],
]);
const dependencyFolders = new Set([
  ...["node_modules", "bower_components", ".yarn", ".pnpm-store", "vendor"],
  ...[".venv", "venv", "site-packages", "Pods", ".bundle"],
]);

/** Whether a file of this name says which versions of packages are wanted, and is written by a tool. */
export function isLockfileName(name: string): boolean {
  return lockfileNames.has(name);
}

/** The outermost folder of installed dependencies that a path is or lies in; null when it lies in none. */
export function dependencyFolderOf(path: string, isDirectory: boolean): string | null {
  const names = path.split("/");
  const at = (isDirectory ? names : names.slice(0, -1)).findIndex((name) => dependencyFolders.has(name));
  return at === -1 ? null : names.slice(0, at + 1).join("/");
}
