import type { DependencyChanges, LockfileChange, PackageMove } from "../protocol/dependencies.ts";
import { oneLine } from "./oneLine.ts";
import type { Terminal } from "./terminal.ts";
import { plural } from "./wording.ts";

/**
 * Which packages differ, a line each below their lockfile; nothing where no lockfile differs.
 * @param most packages of each lockfile
 */
export function dependencyLines(
  dependencies: DependencyChanges | undefined,
  terminal: Pick<Terminal, "paint">,
  most: number,
): string[] {
  if (!dependencies) return [];
  const { lockfiles, left } = dependencies;
  const lines = lockfiles
    .filter(({ problem, packages }) => problem !== null || packages.length > 0)
    .flatMap((lockfile) => lockfileLines(lockfile, terminal, most));
  if (left > 0) lines.push(`… and ${plural(left, "lockfile")} more, which were not read`);
  return lines;
}

function lockfileLines(lockfile: LockfileChange, terminal: Pick<Terminal, "paint">, most: number): string[] {
  const { path, tool, problem, packages } = lockfile;
  if (problem !== null) return [terminal.paint("yellow", oneLine(problem))];
  const counts = [
    [lockfile.moved, "with other versions"],
    [lockfile.added, "added"],
    [lockfile.removed, "removed"],
  ] as const;
  const words = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const total = counts.reduce((sum, [count]) => sum + count, 0);
  const shown = packages.slice(0, most);
  const lines = [
    `${terminal.paint("bold", oneLine(path))} (${tool}): ${plural(total, "package")}, ${words.join(", ")}`,
    ...shown.map((move) => `   ${moveText(move)}`),
  ];
  if (shown.length < total) lines.push(`   … and ${plural(total - shown.length, "package")} more`);
  return lines;
}

/** "react  18.3.1 → 19.0.0" */
function moveText({ name, before, after }: PackageMove): string {
  const versions = (all: readonly string[]) => oneLine(all.join(", "));
  if (before.length === 0) return `${oneLine(name)}  added at ${versions(after)}`;
  if (after.length === 0) return `${oneLine(name)}  removed, was ${versions(before)}`;
  return `${oneLine(name)}  ${versions(before)} → ${versions(after)}`;
}
