import { readFile, realpath } from "node:fs/promises";

/** A user's home directory, as it is after following links. */
export interface HomeFolder {
  readonly user: string;
  readonly path: string;
}

/** Every home directory that exists: those of /etc/passwd, and the one named by $HOME. */
export async function readHomeFolders(env: NodeJS.ProcessEnv): Promise<HomeFolder[]> {
  const named = parsePasswd(await readFile("/etc/passwd", "utf8"));
  const own = env["HOME"];
  if (own?.startsWith("/")) named.push({ user: "the agent's user", path: own });
  const homes: HomeFolder[] = [];
  for (const home of named) {
    const path = await realpath(home.path).catch((thrown: unknown) => {
      const code = (thrown as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return home.path;
      throw thrown;
    });
    homes.push({ user: home.user, path });
  }
  return homes;
}

/** Users and their home directories. Format: passwd(5). */
export function parsePasswd(text: string): HomeFolder[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.split(":");
    const user = fields[0];
    const path = fields[5];
    return user && path?.startsWith("/") ? [{ user, path }] : [];
  });
}
