import type { Projects } from "../catalog/projects.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { checkSlug, deriveSlug, numberedSlug } from "./slug.ts";
import { isThere } from "./isThere.ts";

/** A slug that nobody else gets until it is released. */
export interface ReservedSlug {
  readonly slug: string;
  release(): void;
}

/** Where the volume of a slug would lie; null when whatever lies there may stay. */
type VolumeOf = (slug: string) => string | null;

/** Keeps two operations that run at once from making projects of the same name. */
export class SlugReservations {
  readonly #projects: Projects;
  readonly #reserved = new Set<string>();

  constructor(projects: Projects) {
    this.#projects = projects;
  }

  /**
   * Reserves the slug a person asked for.
   * @throws ForkpointError SLUG_INVALID, SLUG_TAKEN
   */
  async exactly(slug: string, volumeOf: VolumeOf): Promise<ReservedSlug> {
    checkSlug(slug);
    const reserved = await this.#reserve(slug, volumeOf);
    if (!reserved) throw new ForkpointError("SLUG_TAKEN", `There is a project named ${slug} already.`);
    return reserved;
  }

  /** Reserves a slug like `name`, numbered when that one is taken. */
  async like(name: string, volumeOf: VolumeOf): Promise<ReservedSlug> {
    const base = deriveSlug(name);
    for (let n = 1; ; n++) {
      const reserved = await this.#reserve(n === 1 ? base : numberedSlug(base, n), volumeOf);
      if (reserved) return reserved;
    }
  }

  async #reserve(slug: string, volumeOf: VolumeOf): Promise<ReservedSlug | null> {
    if (this.#reserved.has(slug) || this.#projects.bySlug(slug)) return null;
    this.#reserved.add(slug);
    const release = () => {
      this.#reserved.delete(slug);
    };
    try {
      const volume = volumeOf(slug);
      if (volume === null || !(await isThere(volume))) return { slug, release };
      release();
      return null;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }
}
