import { z } from "zod";
import type { Setting, Settings } from "../../catalog/settings.ts";

/** Remembers which link an import left where its source had been. */
export class ImportedFrom {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  remember(projectId: string, link: string): void {
    this.#settings.set(setting(projectId), link);
  }

  /** The link's path; undefined for a project that left none. */
  linkOf(projectId: string): string | undefined {
    return this.#settings.get(setting(projectId));
  }

  forget(projectId: string): void {
    this.#settings.remove(setting(projectId));
  }
}

function setting(projectId: string): Setting<string> {
  return { key: `importedFrom/${projectId}`, schema: z.string() };
}
