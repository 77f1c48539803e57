import { readdir } from "node:fs/promises";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Projects } from "../../catalog/projects.ts";
import type { PrivateName } from "../../protocol/support/redaction.ts";
import { machineNames } from "../../protocol/support/withoutAgent.ts";

/** Names that a thousand projects have, and that say nothing of one. */
const everydayNames: ReadonlySet<string> = new Set(
  (
    "src test tests lib dist docs data bin build out tmp public assets scripts node_modules package.json " +
    "package-lock.json README.md LICENSE main index config .git .gitignore .vscode"
  ).split(" "),
);

/** Everything private that the agent knows by name: of its projects, pools and store, and of those who used them. */
export async function privateNames(parts: {
  readonly catalog: Catalog;
  readonly projects: Projects;
  readonly env: NodeJS.ProcessEnv;
  readonly agentHome: string;
  /** Its address, without credentials; undefined when none is set. */
  readonly storeUrl: string | undefined;
}): Promise<PrivateName[]> {
  const { catalog, projects, env, agentHome, storeUrl } = parts;
  const texts = (sql: string) =>
    catalog.all(sql).flatMap(({ name }) => (typeof name === "string" ? name.split("\n") : []));
  const names: PrivateName[] = [...machineNames(env), [agentHome, "(home)"]];
  for (const word of texts("SELECT DISTINCT author AS name FROM entries UNION SELECT author FROM operations"))
    if (word !== "root") names.push([word, "(user)"]);
  for (const word of texts("SELECT label AS name FROM entries UNION SELECT note FROM entries"))
    names.push([word, "(label)"]);
  for (const word of texts("SELECT what AS name FROM acts")) names.push([word, "(command)"]);
  for (const word of texts("SELECT slug AS name FROM operations")) names.push([word, "(project)"]);
  for (const [at, { path, slug }] of projects.list().entries()) {
    names.push([path, `(folder ${at + 1})`], [slug, `(project ${at + 1})`]);
    for (const name of await namesIn(path)) if (!everydayNames.has(name)) names.push([name, "(file)"]);
  }
  for (const [at, row] of catalog.all("SELECT path, image FROM pools ORDER BY created_at").entries()) {
    if (typeof row["path"] === "string") names.push([row["path"], `(pool ${at + 1})`]);
    if (typeof row["image"] === "string") names.push([row["image"], `(image ${at + 1})`]);
  }
  if (storeUrl !== undefined) names.push(...partsOf(storeUrl).map((part): PrivateName => [part, "(store)"]));
  return names;
}

/** What a message about the store may name by itself: host, bucket, folders, what the address sets. */
function partsOf(storeUrl: string): string[] {
  const { hostname, pathname, searchParams } = new URL(storeUrl);
  return [
    ...[hostname, decodeURIComponent(pathname)],
    ...decodeURIComponent(pathname).split("/"),
    ...[...searchParams.values()].filter((value) => value !== "true" && value !== "false"),
  ];
}

/** None where the folder cannot be read: what it holds then has no names that could be looked for. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
