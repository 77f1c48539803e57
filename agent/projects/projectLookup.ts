import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { ProjectRow, Projects } from "../catalog/projects.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { isWithin } from "../volumes/mountTable.ts";

/** Finds projects by what people and editors know of them. */
export class ProjectLookup {
  readonly #projects: Projects;

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  /**
   * The project with this slug, else the one with this id.
   * @throws ForkpointError PROJECT_NOT_FOUND
   */
  named(name: string): ProjectRow {
    const row = this.#projects.bySlug(name) ?? this.#projects.byId(name);
    if (row) return row;
    throw new ForkpointError(
      "PROJECT_NOT_FOUND",
      `There is no project ${JSON.stringify(name)} on this machine.`,
    );
  }

  /**
   * The project whose volume holds `path`, after following links; undefined when none does. A path that
   * does not exist (yet) belongs where its nearest existing folder lies.
   */
  async holding(path: string): Promise<ProjectRow | undefined> {
    const real = await nearestReal(path);
    return this.#projects
      .list()
      .filter((project) => isWithin(real, project.path))
      .sort((one, other) => other.path.length - one.path.length)[0];
  }
}

async function nearestReal(path: string): Promise<string> {
  if (path.includes("\0")) return "/";
  for (let at = path; ; at = dirname(at)) {
    try {
      return await realpath(at);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? "";
      const absent = ["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG"].includes(code);
      if (!absent || at === "/") throw thrown;
    }
  }
}
