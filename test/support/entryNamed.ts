import type { Entry } from "../../agent/protocol/entry.ts";
import type { DemoProject } from "./demoProject.ts";

/** The entry with this label. */
export async function entryNamed(project: DemoProject, label: string): Promise<Entry> {
  const entries = (await project.forkpoint("log")) as Entry[];
  const found = entries.find((entry) => entry.label === label);
  if (!found) throw new Error(`There is no snapshot “${label}”.`);
  return found;
}
