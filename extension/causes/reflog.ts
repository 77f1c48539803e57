import { open, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

/** The last line of a reflog is within so many bytes of its end. */
const tailBytes = 4096;

/**
 * What Git did last to a repository's HEAD, as a person would type it: "git checkout main". Null when that changed no
 * file of the workspace, such as a commit, or cannot be told.
 * @param root the repository's folder; only read
 */
export async function lastGitCommand(root: string): Promise<string | null> {
  try {
    const line = (await tail(join(await gitFolder(root), "logs", "HEAD"))).trimEnd().split("\n").at(-1);
    return reflogCommand(line?.split("\t")[1] ?? "");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw thrown;
  }
}

/** The command that a reflog's message tells of; null for what leaves the files as they are. */
export function reflogCommand(message: string): string | null {
  const [, action = "", rest = ""] = /^([^:]*)(?::\s*(.*))?$/.exec(message) ?? [];
  const [verb = ""] = action.split(" ");
  const moved = /^moving from \S+ to (\S+)/.exec(rest)?.[1];
  switch (verb) {
    case "checkout":
      return moved === undefined ? "git checkout" : `git checkout ${moved}`;
    case "reset":
      return `git reset ${/^moving to (\S+)/.exec(rest)?.[1] ?? ""}`.trim();
    case "merge":
    case "pull":
    case "rebase":
    case "cherry-pick":
    case "revert":
    case "am":
      return /^[\w-]+( \([\w-]+\))?$/.test(action) ? `git ${verb}` : `git ${action}`;
    default:
      return null;
  }
}

/** A worktree or submodule has a file that names it. */
async function gitFolder(root: string): Promise<string> {
  const path = join(root, ".git");
  if ((await stat(path)).isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(await readFile(path, "utf8"))?.[1];
  return named === undefined ? path : resolve(root, named);
}

async function tail(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    await handle.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8");
  } finally {
    await handle.close();
  }
}
