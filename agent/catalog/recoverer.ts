import type { IntentKind, IntentRow } from "./intents.ts";

/** How one kind of interrupted operation is finished or undone at start-up. */
export interface Recoverer {
  readonly kind: string;
  /**
   * The pool that must be mounted for it; null when none is needed; undefined when the intent's project
   * decides.
   */
  poolOf(intent: IntentRow): string | null | undefined;
  /** Finishes or undoes the operation, and ends the intent. Run again, it does the rest. */
  recover(intent: IntentRow): Promise<void>;
}

/** A recoverer whose functions get the payload checked. `poolOf` absent: the project's pool. */
export function recoverer<T>(
  kind: IntentKind<T>,
  recover: (payload: T, intent: IntentRow) => Promise<void>,
  poolOf?: (payload: T) => string | null,
): Recoverer {
  return {
    kind: kind.kind,
    poolOf: (intent) => poolOf?.(kind.payload.parse(intent.payload)),
    recover: (intent) => recover(kind.payload.parse(intent.payload), intent),
  };
}
