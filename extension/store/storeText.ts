import type { Store } from "../../agent/protocol/entities.ts";

/** Each state of a store as a sentence. */
export const storeSentences = {
  unchecked: "Not checked yet.",
  ok: "It can be read and written.",
  unreachable: "It cannot be reached. Work goes on; the copy catches up by itself.",
  denied: "It refuses the credentials.",
  missing: "The bucket or folder does not exist.",
  locked: "It is encrypted and locked. Nothing is copied until its passphrase is given.",
  "read-only": "It can be read but not written.",
} as const satisfies Record<Store["state"], string>;

/** The store's state, with what the agent adds, for a message. */
export function storeText(store: Store): string {
  const parts: string[] = [storeSentences[store.state]];
  if (store.state !== "ok" && store.state !== "locked" && store.message) parts.push(store.message);
  if (store.paused) parts.push("Pushing to it is paused.");
  if (store.conditionalWrites === false) {
    parts.push("It does not support conditional writes, so use it from one machine only.");
  }
  return parts.join(" ");
}
