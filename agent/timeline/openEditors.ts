import { EditorStates, type KeptState } from "../catalog/editorStates.ts";
import type { EditorState, UnsavedText } from "../protocol/editorState.ts";
import type { TimelineParts } from "./timelineParts.ts";

/** What the windows of each project show now, and what they showed when entries were made. */
export class OpenEditors {
  readonly #clock: TimelineParts["clock"];
  readonly #kept: EditorStates;
  readonly #windows = new Map<string, Map<string, EditorState>>();

  constructor(parts: Pick<TimelineParts, "catalog" | "clock">) {
    this.#clock = parts.clock;
    this.#kept = new EditorStates(parts.catalog);
  }

  set(projectId: string, state: EditorState): void {
    const windows = this.#windows.get(projectId) ?? new Map<string, EditorState>();
    this.#windows.set(projectId, windows.set(state.windowId, state));
  }

  /** The window is closed, or nobody knows what it shows. */
  drop(projectId: string, windowId: string): void {
    const windows = this.#windows.get(projectId);
    windows?.delete(windowId);
    if (windows?.size === 0) this.#windows.delete(projectId);
  }

  /** Keeps what all windows show with an entry, as far as it has nothing of them. To be part of the transaction that adds it. */
  keepWith(projectId: string, snapshotId: string): void {
    const keptAt = this.#clock.now();
    for (const state of this.#now(projectId)) this.#kept.add(projectId, snapshotId, { state, keptAt });
  }

  /** Whether a window has unsaved text that the entry does not hold. */
  hasMoreThan(projectId: string, snapshotId: string | null): boolean {
    const open = this.#now(projectId).flatMap(({ unsaved }) => unsaved);
    if (open.length === 0) return false;
    const kept = snapshotId === null ? [] : this.of(projectId, snapshotId);
    const known = new Set(kept.flatMap(({ state }) => state.unsaved.map(key)));
    return open.some((text) => !known.has(key(text)));
  }

  /** Those kept last first. */
  of(projectId: string, snapshotId: string): KeptState[] {
    return this.#kept.of(projectId, snapshotId);
  }

  #now(projectId: string): EditorState[] {
    return [...(this.#windows.get(projectId)?.values() ?? [])];
  }
}

function key({ path, name, text }: UnsavedText): string {
  return JSON.stringify([path, name, text]);
}
