import type { z } from "zod";
import type { Catalog } from "./catalog.ts";
import { number, text, textOrNull } from "./columns.ts";

/** A kind of operation that takes several lasting steps, and what start-up must know to end it. */
export interface IntentKind<T> {
  readonly kind: string;
  readonly payload: z.ZodType<T>;
}

export interface IntentRow {
  readonly intentId: number;
  readonly kind: string;
  readonly projectId: string | null;
  readonly payload: unknown;
}

/**
 * The journal of operations under way. An intent is written before the first effect and removed in the
 * same transaction that makes the result visible; what start-up finds here was interrupted.
 */
export class Intents {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  begin<T>(kind: IntentKind<T>, projectId: string | null, payload: T, now: number): number {
    this.#catalog.write(
      "INSERT INTO intents (kind, project_id, payload, created_at) VALUES (?, ?, ?, ?)",
      kind.kind,
      projectId,
      JSON.stringify(payload),
      now,
    );
    const row = this.#catalog.get("SELECT last_insert_rowid() AS id");
    if (!row) throw new Error("SQLite gave no row id.");
    return number(row, "id");
  }

  /** Records a further step. */
  update<T>(_kind: IntentKind<T>, intentId: number, payload: T): void {
    this.#catalog.write(
      "UPDATE intents SET payload = ? WHERE intent_id = ?",
      JSON.stringify(payload),
      intentId,
    );
  }

  end(intentId: number): void {
    this.#catalog.write("DELETE FROM intents WHERE intent_id = ?", intentId);
  }

  /** Oldest first. */
  list(): IntentRow[] {
    return this.#catalog.all("SELECT * FROM intents ORDER BY intent_id").map((row) => ({
      intentId: number(row, "intent_id"),
      kind: text(row, "kind"),
      projectId: textOrNull(row, "project_id"),
      payload: JSON.parse(text(row, "payload")) as unknown,
    }));
  }
}
