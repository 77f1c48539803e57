import { lstat } from "node:fs/promises";
import type { Projects } from "../catalog/projects.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { checkSlug, deriveSlug, numberedSlug } from "./slug.ts";

/** A slug that nobody else gets until it is released. */
export interface ReservedSlug {
  readonly slug: string;
  release(): void;
}

/** Keeps two operations that run at once from making projects of the same name. */
export class SlugReservations {
  readonly #projects: Projects;
  readonly #reserved = new Set<string>();

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  /**
   * Reserves the slug a person asked for. `volumeOf` says where its volume would lie.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN
   */
  async exactly(slug: string, volumeOf: (slug: string) => string): Promise<ReservedSlug> {
    checkSlug(slug);
    const reserved = await this.#reserve(slug, volumeOf);
    if (!reserved) throw new ForkpointError("SLUG_TAKEN", `There is a project named ${slug} already.`);
    return reserved;
  }

  /** Reserves a slug like `name`, numbered when that one is taken. */
  async like(name: string, volumeOf: (slug: string) => string): Promise<ReservedSlug> {
    const base = deriveSlug(name);
    for (let n = 1; ; n++) {
      const reserved = await this.#reserve(n === 1 ? base : numberedSlug(base, n), volumeOf);
      if (reserved) return reserved;
    }
  }

  async #reserve(slug: string, volumeOf: (slug: string) => string): Promise<ReservedSlug | null> {
    if (this.#reserved.has(slug) || this.#projects.bySlug(slug)) return null;
    this.#reserved.add(slug);
    const release = () => {
      this.#reserved.delete(slug);
    };
    try {
      if (!(await exists(volumeOf(slug)))) return { slug, release };
      release();
      return null;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw thrown;
  }
}
