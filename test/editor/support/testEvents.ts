/** What the run inside the extension host tells the runner outside: one JSON object a line of a file. */
export type TestEvent =
  | { readonly kind: "suite"; readonly depth: number; readonly title: string }
  | { readonly kind: "passed"; readonly depth: number; readonly title: string; readonly ms: number }
  | { readonly kind: "failed"; readonly depth: number; readonly title: string; readonly error: string }
  | { readonly kind: "end" };

/** The environment variable that names the file. */
export const eventsVariable = "FORKPOINT_EDITOR_EVENTS";
/** The environment variable with the text that a test's title must contain. */
export const grepVariable = "FORKPOINT_EDITOR_GREP";
