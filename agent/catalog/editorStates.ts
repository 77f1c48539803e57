import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { EditorState } from "../protocol/editorState.ts";
import type { Catalog } from "./catalog.ts";
import { bytes, number } from "./columns.ts";

export interface KeptState {
  readonly state: EditorState;
  /** Milliseconds since 1970. */
  readonly keptAt: number;
}

/** What windows showed when entries were made. It goes with the entry, by triggers of the tables. */
export class EditorStates {
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Keeps a window's state with an entry, unless the entry has one of that window. */
  add(projectId: string, snapshotId: string, { state, keptAt }: KeptState): void {
    const text = JSON.stringify(state);
    const digest = createHash("sha256").update(text).digest("hex");
    const known = this.#catalog.get("SELECT 1 FROM editor_contents WHERE digest = ?", digest);
    if (!known) {
      this.#catalog.write(
        "INSERT INTO editor_contents (digest, bytes) VALUES (?, ?)",
        digest,
        deflateSync(text),
      );
    }
    this.#catalog.write(
      `INSERT OR IGNORE INTO editor_states (project_id, snapshot_id, window_id, kept_at, digest)
         VALUES (?, ?, ?, ?, ?)`,
      projectId,
      snapshotId,
      state.windowId,
      keptAt,
      digest,
    );
  }

  /** Those kept last first. */
  of(projectId: string, snapshotId: string): KeptState[] {
    return this.#catalog
      .all(
        `SELECT kept_at, bytes FROM editor_states JOIN editor_contents USING (digest)
           WHERE project_id = ? AND snapshot_id = ? ORDER BY kept_at DESC, window_id`,
        projectId,
        snapshotId,
      )
      .map((row) => ({
        keptAt: number(row, "kept_at"),
        state: EditorState.parse(JSON.parse(inflateSync(bytes(row, "bytes")).toString("utf8"))),
      }));
  }
}
