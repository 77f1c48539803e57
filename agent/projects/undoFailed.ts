import type { Log } from "../host/log.ts";

/**
 * Undoes an operation that failed. When that fails too it is logged, so that the caller learns of the
 * first failure; the intent stays, and start-up tries again.
 */
export async function undoFailed(
  operation: { readonly kind: string; readonly projectId: string },
  undo: () => Promise<void>,
  log: Log,
): Promise<void> {
  try {
    await undo();
  } catch (thrown) {
    log.error("a failed operation could not be undone; start-up tries again", {
      ...operation,
      message: String(thrown),
    });
  }
}
