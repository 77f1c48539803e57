import type { DependencyTool } from "../../protocol/dependencies.ts";
import { dependencyFolderOf } from "../../protocol/dependencyNames.ts";
import { readComposerLock, readPipfileLock } from "./jsonLocks.ts";
import { readGemfileLock, readGoMod, readRequirements } from "./lineLocks.ts";
import { readNpmLock } from "./npmLock.ts";
import { NotALockfile, type Packages } from "./packages.ts";
import { readPnpmLock } from "./pnpmLock.ts";
import { readCargoLock, readPythonLock, readUvLock } from "./tomlLock.ts";
import { readYarnLock } from "./yarnLock.ts";

export interface LockfileKind {
  readonly tool: DependencyTool;
  /** @throws NotALockfile */
  readonly read: (text: string) => Packages;
}

const kinds = new Map<string, LockfileKind>([
  ["package-lock.json", { tool: "npm", read: readNpmLock }],
  ["npm-shrinkwrap.json", { tool: "npm", read: readNpmLock }],
  ["yarn.lock", { tool: "yarn", read: readYarnLock }],
  ["pnpm-lock.yaml", { tool: "pnpm", read: readPnpmLock }],
  ["Cargo.lock", { tool: "cargo", read: readCargoLock }],
  ["poetry.lock", { tool: "poetry", read: readPythonLock }],
  ["pdm.lock", { tool: "pdm", read: readPythonLock }],
  ["uv.lock", { tool: "uv", read: readUvLock }],
  ["Pipfile.lock", { tool: "pipenv", read: readPipfileLock }],
  ["Gemfile.lock", { tool: "bundler", read: readGemfileLock }],
  ["composer.lock", { tool: "composer", read: readComposerLock }],
  ["go.mod", { tool: "go", read: readGoMod }],
]);

/** How to read the file at a path for versions of packages; undefined when it is no such file, or somebody else's. */
export function lockfileKind(path: string): LockfileKind | undefined {
  if (dependencyFolderOf(path, false) !== null) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^requirements([-_.].*)?\.txt$/.test(name)) return { tool: "pip", read: readRequirements };
  return kinds.get(name);
}

/** @throws NotALockfile */
export function readLockfile({ read }: LockfileKind, text: string): Packages {
  if (/^(<{7}|>{7}) /m.test(text)) throw new NotALockfile("it holds the marks of an unfinished merge");
  return read(text);
}
