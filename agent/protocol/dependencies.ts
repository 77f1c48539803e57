import { z } from "zod";

/** Who writes and reads a lockfile. */
export const dependencyTools = [
  "npm",
  "yarn",
  "pnpm",
  "cargo",
  "poetry",
  "uv",
  "pdm",
  "pipenv",
  "pip",
  "bundler",
  "composer",
  "go",
] as const;
export const DependencyTool = z.enum(dependencyTools);
export type DependencyTool = z.infer<typeof DependencyTool>;

/** One package whose versions differ; several can be there at once. No version means that it was not there. */
export const PackageMove = z.object({
  name: z.string(),
  before: z.array(z.string()),
  after: z.array(z.string()),
});
export type PackageMove = z.infer<typeof PackageMove>;

/** What a lockfile that differs says about packages. */
export const LockfileChange = z.object({
  /** As `Change.path`. */
  path: z.string(),
  tool: DependencyTool,
  /** Why it could not be read, as a sentence; null when it was. The counts are then 0. */
  problem: z.string().nullable(),
  added: z.number(),
  /** Packages there before and after, with other versions. */
  moved: z.number(),
  removed: z.number(),
  /** The first few by name, those that moved first. */
  packages: z.array(PackageMove),
});
export type LockfileChange = z.infer<typeof LockfileChange>;

/** Which packages differ between two moments, from the lockfiles that do. */
export const DependencyChanges = z.object({
  lockfiles: z.array(LockfileChange),
  /** How many more lockfiles differ and were not read. */
  left: z.number(),
});
export type DependencyChanges = z.infer<typeof DependencyChanges>;

/** The same with at most so many packages of each lockfile; the counts stay those of all. */
export function fewerPackages({ lockfiles, left }: DependencyChanges, most: number): DependencyChanges {
  return {
    lockfiles: lockfiles.map((lockfile) => ({ ...lockfile, packages: lockfile.packages.slice(0, most) })),
    left,
  };
}
