/** Names of folders that hold what tools write, as long as nobody says otherwise. */
export const quietFolderNames: readonly string[] = [
  "node_modules",
  ".git",
  "vendor",
  ".venv",
  "venv",
  "__pycache__",
  "target",
  "dist",
  "build",
  ".next",
  ".cache",
];

/** The outermost folder of one of these names that a path lies in; null when it lies in none. */
export function quietFolderOf(path: string, quietNames: readonly string[]): string | null {
  const names = path.split("/");
  const at = names.slice(0, -1).findIndex((name) => quietNames.includes(name));
  return at === -1 ? null : names.slice(0, at + 1).join("/");
}
