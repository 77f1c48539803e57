import type { z } from "zod";
import type { Catalog } from "./catalog.ts";
import { text } from "./columns.ts";

/** One setting of the machine: its key and what it may hold. Secrets do not belong here. */
export interface Setting<T> {
  readonly key: string;
  readonly schema: z.ZodType<T>;
}

export class Settings {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  get<T>(setting: Setting<T>): T | undefined {
    const row = this.#catalog.get("SELECT value FROM settings WHERE key = ?", setting.key);
    return row && setting.schema.parse(JSON.parse(text(row, "value")));
  }

  set<T>(setting: Setting<T>, value: T): void {
    this.#catalog.write(
      "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      setting.key,
      JSON.stringify(setting.schema.parse(value)),
    );
  }

  remove<T>(setting: Setting<T>): void {
    this.#catalog.write("DELETE FROM settings WHERE key = ?", setting.key);
  }
}
