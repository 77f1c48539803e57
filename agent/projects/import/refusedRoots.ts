import { realpath, stat } from "node:fs/promises";
import { ForkpointError } from "../../protocol/errors.ts";
import type { HomeFolder } from "./homeFolders.ts";
import { isWithin, type Mount } from "../../volumes/mountTable.ts";

/** What a folder is judged against. All paths are absolute and without links. */
export interface Surroundings {
  readonly agentHome: string;
  readonly homes: readonly HomeFolder[];
  readonly mounts: readonly Mount[];
  readonly pools: readonly { readonly path: string }[];
  readonly projects: readonly { readonly slug: string; readonly path: string }[];
}

/** Folders of the operating system: neither they nor anything in them is a project. */
const systemTrees = [
  "/bin",
  "/boot",
  "/dev",
  "/etc",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/proc",
  "/run/lock",
  "/run/systemd",
  "/sbin",
  "/sys",
  "/usr/bin",
  "/usr/include",
  "/usr/lib",
  "/usr/lib32",
  "/usr/lib64",
  "/usr/libexec",
  "/usr/sbin",
  "/usr/share",
  "/var/cache",
  "/var/lib/dpkg",
  "/var/lib/apt",
  "/var/lib/systemd",
  "/var/run",
  "/var/spool",
] as const;

/** Folders that many things share; a folder inside one may well be a project. */
const sharedFolders = [
  "/home",
  "/lost+found",
  "/media",
  "/mnt",
  "/opt",
  "/root",
  "/run",
  "/run/user",
  "/srv",
  "/tmp",
  "/usr",
  "/usr/games",
  "/usr/local",
  "/usr/local/bin",
  "/usr/local/etc",
  "/usr/local/lib",
  "/usr/local/sbin",
  "/usr/local/share",
  "/usr/local/src",
  "/usr/src",
  "/var",
  "/var/backups",
  "/var/lib",
  "/var/local",
  "/var/log",
  "/var/mail",
  "/var/opt",
  "/var/tmp",
  "/var/www",
  "/workspaces",
] as const;

/**
 * The folder that `path` leads to, after following links, when it may become a project.
 * @throws ForkpointError REFUSED_ROOT with the reason; PROJECT_EXISTS for the folder of a project.
 */
export async function projectRoot(path: string, around: Surroundings): Promise<string> {
  const root = await resolveFolder(path);
  const project = around.projects.find((each) => each.path === root);
  if (project) {
    throw new ForkpointError("PROJECT_EXISTS", `${root} is the project ${project.slug} already.`, {
      details: { slug: project.slug },
    });
  }
  const reason = whyRefused(root, around);
  if (reason !== null) {
    const link = root === path ? "" : ` (reached through ${path})`;
    throw new ForkpointError("REFUSED_ROOT", `${root}${link} ${reason}.`);
  }
  return root;
}

async function resolveFolder(path: string): Promise<string> {
  let root: string;
  try {
    root = await realpath(path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    const known: Record<string, string> = {
      ENOENT: "does not exist",
      ENOTDIR: "does not exist",
      ELOOP: "is a link that leads back to itself",
      EACCES: "may not be read by the agent's user",
      ENAMETOOLONG: "has a name that is too long",
    };
    const reason = path.includes("\0") ? "holds a NUL byte" : known[code];
    if (reason === undefined) throw thrown;
    throw new ForkpointError("REFUSED_ROOT", `${path} ${reason}.`, { cause: thrown });
  }
  const found = await stat(root).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    throw new ForkpointError("REFUSED_ROOT", `${path} has a name that is not UTF-8.`, { cause: thrown });
  });
  if (!found.isDirectory()) throw new ForkpointError("REFUSED_ROOT", `${root} is not a folder.`);
  return root;
}

/** Completes the sentence "FOLDER …"; null when nothing speaks against the folder. */
function whyRefused(root: string, around: Surroundings): string | null {
  if (root === "/") return "is the root of the whole system, not one project";
  const system = systemTrees.find((tree) => isWithin(root, tree));
  if (system) return root === system ? "is a system directory" : `lies in the system directory ${system}`;
  const home = around.homes.find((each) => each.path === root);
  if (home) return `is the home directory of ${home.user}, not one project`;
  if (sharedFolders.some((folder) => folder === root)) return "is a shared directory, not one project";
  if (isWithin(root, around.agentHome)) return "belongs to the agent itself";
  if (isWithin(around.agentHome, root)) return `holds the agent's own folder ${around.agentHome}`;
  return whyRefusedByPools(root, around) ?? whyRefusedByNeighbours(root, around);
}

function whyRefusedByPools(root: string, around: Surroundings): string | null {
  for (const pool of around.pools) {
    if (root === pool.path) return "is a pool; projects live inside it";
    if (isWithin(pool.path, root)) return `holds the pool ${pool.path}`;
    if (isWithin(root, `${pool.path}/.forkpoint`)) return `belongs to the pool ${pool.path} itself`;
    if (root === `${pool.path}/projects`) return `holds the projects of the pool ${pool.path}`;
  }
  return null;
}

function whyRefusedByNeighbours(root: string, around: Surroundings): string | null {
  for (const project of around.projects) {
    if (isWithin(root, project.path)) return `lies inside the project ${project.slug} (${project.path})`;
    if (isWithin(project.path, root)) return `holds the project ${project.slug} (${project.path})`;
  }
  const home = around.homes.find((each) => isWithin(each.path, root));
  if (home) return `holds the home directory of ${home.user} (${home.path})`;
  const mount = around.mounts.find((each) => each.path !== root && isWithin(each.path, root));
  if (mount) return `has another file system mounted inside it, at ${mount.path}; unmount that first`;
  return null;
}
