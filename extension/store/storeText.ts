import * as l10n from "@vscode/l10n";
import type { Store } from "../../agent/protocol/store.ts";

/** Each state of a store as a sentence. */
export const storeSentences = {
  unchecked: l10n.t("Not checked yet."),
  ok: l10n.t("It can be read and written."),
  unreachable: l10n.t("It cannot be reached. Work goes on; the copy catches up by itself."),
  denied: l10n.t("It refuses the credentials."),
  missing: l10n.t("The bucket or folder does not exist."),
  locked: l10n.t("It is encrypted and locked. Nothing is copied until its passphrase is given."),
  "read-only": l10n.t("It can be read but not written."),
} as const satisfies Record<Store["state"], string>;

/** The store's state, with what the agent adds, for a message. */
export function storeText(store: Store): string {
  const parts: string[] = [storeSentences[store.state]];
  if (store.state !== "ok" && store.state !== "locked" && store.message) parts.push(store.message);
  if (store.paused) parts.push(l10n.t("Pushing to it is paused."));
  if (store.conditionalWrites === false) {
    parts.push(l10n.t("It does not support conditional writes, so use it from one machine only."));
  }
  return parts.join(" ");
}
