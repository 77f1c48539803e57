import type { DemoProject } from "../../support/demoProject.ts";

/** Writes what npm leaves: a lockfile, and a folder for each package. @param versions by name */
export async function installPackages(
  project: DemoProject,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  const packages: Record<string, object> = { "": { name: "demo", dependencies: versions } };
  for (const [name, version] of Object.entries(versions)) {
    packages[`node_modules/${name}`] = { version };
    await project.change(
      `node_modules/${name}/package.json`,
      `${JSON.stringify({ name, version }, null, 2)}\n`,
    );
  }
  const lockfile = { name: "demo", lockfileVersion: 3, requires: true, packages };
  await project.change("package-lock.json", `${JSON.stringify(lockfile, null, 2)}\n`);
}
