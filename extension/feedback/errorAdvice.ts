import * as l10n from "@vscode/l10n";
import { type ErrorBody, type ErrorCode, errorHints } from "../../agent/protocol/errors.ts";
import type { CommandId } from "../commands/commandTitles.ts";

interface Advice {
  /** Replaces the agent's hint where that speaks of the command line. */
  readonly hint?: string;
  readonly actions?: readonly CommandId[];
}

/** What the editor offers for an error, beyond the agent's own message and hint. */
export const errorAdvice: Partial<Record<ErrorCode, Advice>> = {
  INTERNAL: {
    hint: l10n.t("The log says more; please report what it shows."),
    actions: ["forkpoint.showLog"],
  },
  BAD_REQUEST: { hint: l10n.t("The log says more."), actions: ["forkpoint.showLog"] },
  UNAUTHORIZED: {
    hint: l10n.t("Another agent may have taken over; restart it."),
    actions: ["forkpoint.restartAgent"],
  },
  AGENT_UNREACHABLE: {
    hint: l10n.t("Restart it, or look at the log."),
    actions: ["forkpoint.restartAgent", "forkpoint.showLog"],
  },
  AGENT_ALREADY_RUNNING: { hint: l10n.t("Restart it."), actions: ["forkpoint.restartAgent"] },
  AGENT_NEWER: {
    hint: l10n.t("Another window has a newer Forkpoint. Update the extension here, then reload the window."),
  },
  CATALOG_DAMAGED: {
    hint: l10n.t("Keep the file, then pull the project from the store."),
    actions: ["forkpoint.pullProject", "forkpoint.doctor"],
  },
  NEEDS_ROOT: {
    hint: l10n.t("Set up the helper once, and no root is needed any more."),
    actions: ["forkpoint.setUpHelper"],
  },
  HELPER_BROKEN: { hint: l10n.t("Set it up again."), actions: ["forkpoint.setUpHelper"] },
  TOOL_MISSING: { actions: ["forkpoint.doctor"] },
  POOL_NOT_FOUND: {
    hint: l10n.t("Create a pool first, or adopt a btrfs file system that is mounted."),
    actions: ["forkpoint.createPool", "forkpoint.adoptPool"],
  },
  POOL_EXISTS: {
    hint: l10n.t("Adopt the pool that is there, or choose another place."),
    actions: ["forkpoint.adoptPool"],
  },
  PUSH_PAUSED: { hint: l10n.t("Resume it; what waits is then copied."), actions: ["forkpoint.resumePush"] },
  DISK_FULL: {
    hint: l10n.t(
      "Free space in the folder for temporary files, /var/tmp unless TMPDIR names another; the copy is tried again by itself.",
    ),
    actions: ["forkpoint.pushNow"],
  },
  POOL_FULL: { actions: ["forkpoint.deleteSnapshots", "forkpoint.showHealth"] },
  POOL_READ_ONLY: { actions: ["forkpoint.showHealth"] },
  NOT_BTRFS: {
    hint: l10n.t("Create a pool in a file instead; it needs no partition."),
    actions: ["forkpoint.createPool"],
  },
  VOLUME_MISSING: {
    hint: l10n.t("Restore a snapshot, or pull the project from the store."),
    actions: ["forkpoint.restoreWorkspace", "forkpoint.pullProject", "forkpoint.doctor"],
  },
  PROJECT_NOT_FOUND: {
    hint: l10n.t("Import this folder to give it a timeline."),
    actions: ["forkpoint.importFolder"],
  },
  SNAPSHOT_NOT_FOUND: {
    hint: l10n.t("What was deleted of late can be brought back."),
    actions: ["forkpoint.showOperations"],
  },
  SNAPSHOT_NOT_LOCAL: { hint: l10n.t("Pull it from the store."), actions: ["forkpoint.pullProject"] },
  PATH_NOT_FOUND: {
    hint: l10n.t("Browse the snapshot to see what it holds."),
    actions: ["forkpoint.browseSnapshot"],
  },
  STORE_NOT_SET: {
    hint: l10n.t("Set one, and every snapshot gets a safe copy elsewhere."),
    actions: ["forkpoint.setStore"],
  },
  STORE_URL_INVALID: { actions: ["forkpoint.setStore"] },
  STORE_UNREACHABLE: { actions: ["forkpoint.checkStore", "forkpoint.setStore"] },
  STORE_DENIED: { actions: ["forkpoint.checkStore", "forkpoint.setStore"] },
  STORE_BUCKET_MISSING: { actions: ["forkpoint.checkStore", "forkpoint.setStore"] },
  STORE_READ_ONLY: { actions: ["forkpoint.setStore"] },
  STORE_FULL: { actions: ["forkpoint.setStore"] },
  OBJECT_MISSING: {
    hint: l10n.t(
      "The store lost an object. Repair the safe copy; if that does not help, set another store on a machine that has the snapshots.",
    ),
    actions: ["forkpoint.repairStore", "forkpoint.setStore"],
  },
  OBJECT_DAMAGED: {
    hint: l10n.t(
      "The store holds a damaged object. Repair the safe copy; if that does not help, set another store on a machine that has the snapshots.",
    ),
    actions: ["forkpoint.repairStore", "forkpoint.setStore"],
  },
  GC_REFUSED: {
    hint: l10n.t("Nothing was deleted. Verify the safe copy, then repair it."),
    actions: ["forkpoint.verifyStore", "forkpoint.repairStore"],
  },
  REPOSITORY_LOCKED: {
    hint: l10n.t("Unlock it with its passphrase or key file."),
    actions: ["forkpoint.unlockStore"],
  },
  REPOSITORY_PLAIN: { actions: ["forkpoint.setStore"] },
  KEY_WRONG: { hint: l10n.t("Try again."), actions: ["forkpoint.unlockStore"] },
  KEY_NEEDED: { hint: l10n.t("Set the store again and choose one."), actions: ["forkpoint.setStore"] },
  REF_CONFLICT: { actions: ["forkpoint.pullProject"] },
  STREAM_INVALID: { hint: l10n.t("Try again; if it stays, run the doctor."), actions: ["forkpoint.doctor"] },
};

/** What to do about an error, in the editor's words where the agent's are those for any case of its kind. */
export function hintFor({ code, hint }: ErrorBody): string {
  return hint === errorHints[code] ? (errorAdvice[code]?.hint ?? hint) : hint;
}
