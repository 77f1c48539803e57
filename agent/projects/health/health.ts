import type { Health } from "../../protocol/health.ts";
import type { Pool } from "../../protocol/pool.ts";
import type { Store } from "../../protocol/store.ts";
import type { ErrorBody } from "../../protocol/errors.ts";

/** What the health of a project, or of the whole machine, is judged by. */
export interface Findings {
  /** Null for the machine. */
  readonly slug: string | null;
  /** The project's pool, or all pools. */
  readonly pools: readonly Pool[];
  readonly store: Store | null;
  /** Entries that are not in the store yet. */
  readonly pending: number;
  /** Whether a push is under way now. */
  readonly uploading: boolean;
  /** Milliseconds since 1970. */
  readonly lastPushAt: number | null;
  /** Why the last push failed; null when it did not. */
  readonly pushError: ErrorBody | null;
  /** Why automatic snapshots fail; null when they do not. */
  readonly autoSnapshotError: string | null;
  /** Interrupted operations that could not be ended, in a sentence each. */
  readonly unfinished: readonly string[];
  readonly nestedSubvolumes: readonly string[];
  /** What is lost although one action would bring it, in a sentence each; none with a helper or as root. */
  readonly degradations: readonly string[];
}

type Finding = Pick<Health, "state" | "message" | "action">;

const gib = 2 ** 30;
const lowShare = 0.1;
const lowShareOfSmall = 0.25;
const fullMetadata = 0.9;

/** The worst that speaks against a project or the machine; `protected` when nothing does. */
export function judgeHealth(findings: Findings): Health {
  const worst =
    poolFinding(findings.pools) ??
    brokenFinding(findings) ??
    storeFinding(findings) ??
    partialFinding(findings);
  const { pending, lastPushAt } = findings;
  return {
    ...(worst ?? wellFinding(findings)),
    pending,
    lastPushAt: lastPushAt === null ? null : new Date(lastPushAt).toISOString(),
  };
}

/** Whether a pool is about to refuse writes: under 10 % free, under 1 GiB in all but small pools, or metadata over 90 %. */
export function isLowOnSpace(pool: Pool): boolean {
  const { totalBytes, freeBytes, metadataUsedRatio } = pool;
  if (totalBytes === null || freeBytes === null) return false;
  const least = Math.max(totalBytes * lowShare, Math.min(gib, totalBytes * lowShareOfSmall));
  return freeBytes < least || isMetadataFull({ metadataUsedRatio });
}

/** Whether the file system can soon make no more files, whatever is free. */
export function isMetadataFull({ metadataUsedRatio }: Pick<Pool, "metadataUsedRatio">): boolean {
  return (metadataUsedRatio ?? 0) > fullMetadata;
}

function poolFinding(pools: readonly Pool[]): Finding | null {
  const errors = pools.find((pool) => (pool.deviceErrors ?? 0) > 0);
  if (errors) {
    return {
      state: "device-errors",
      message: `The disk below ${errors.path} reported ${errors.deviceErrors} errors. Copy what matters elsewhere.`,
      action: "showHealth",
    };
  }
  const readOnly = pools.find((pool) => pool.state === "read-only");
  if (readOnly) {
    return {
      state: "read-only",
      message: `The pool ${readOnly.path} refuses to write.`,
      action: "showHealth",
    };
  }
  const absent = pools.find((pool) => pool.state !== "mounted");
  if (absent) {
    const why = absent.state === "missing" ? "cannot be found" : "is not mounted";
    return { state: "degraded", message: `The pool ${absent.path} ${why}.`, action: "showHealth" };
  }
  const low = pools.find(isLowOnSpace);
  if (!low) return null;
  return { state: "low-space", message: lowSpaceMessage(low), action: "deleteSnapshots" };
}

function lowSpaceMessage(pool: Pool): string {
  if (isMetadataFull(pool)) {
    const percent = Math.round((pool.metadataUsedRatio ?? 0) * 100);
    return `The pool ${pool.path} has used ${percent} % of its room for metadata.`;
  }
  return `The pool ${pool.path} has ${((pool.freeBytes ?? 0) / gib).toFixed(1)} GiB left.`;
}

function brokenFinding(findings: Findings): Finding | null {
  const unfinished = findings.unfinished[0];
  if (unfinished !== undefined) {
    return {
      state: "degraded",
      message: `An interrupted operation could not be ended: ${unfinished}`,
      action: "showHealth",
    };
  }
  if (findings.pushError?.code === "REF_CONFLICT") {
    return { state: "degraded", message: findings.pushError.message, action: "showHealth" };
  }
  return null;
}

function storeFinding(findings: Findings): Finding | null {
  const { store, pushError } = findings;
  if (!store) {
    return {
      state: "unprotected",
      message: "Snapshots are kept on this disk only: no store is set.",
      action: "setStore",
    };
  }
  if (store.paused) {
    const waits = findings.pending === 1 ? "One snapshot waits" : `${findings.pending} snapshots wait`;
    return {
      state: "paused",
      message: `Pushing to the store is paused.${findings.pending === 0 ? "" : ` ${waits} on this disk.`}`,
      action: "resumePush",
    };
  }
  if (store.state === "locked") {
    return {
      state: "locked",
      message: "The store is locked: nothing is copied until its passphrase or key file is given.",
      action: "unlockStore",
    };
  }
  const troubled = store.state !== "ok" && store.state !== "unchecked";
  if (troubled || pushError?.code === "STORE_UNREACHABLE") {
    return {
      state: "offline",
      message: store.message ?? pushError?.message ?? `The store ${store.url} cannot be used now.`,
      action: "checkStore",
    };
  }
  if (pushError) {
    return { state: "behind", message: `The last push failed: ${pushError.message}`, action: "push" };
  }
  return null;
}

/** What is amiss although everything works: some of the workspace is not protected. */
function partialFinding(findings: Findings): Finding | null {
  if (findings.autoSnapshotError !== null) {
    return {
      state: "degraded",
      message: `Automatic snapshots fail: ${findings.autoSnapshotError}`,
      action: "showHealth",
    };
  }
  const nested = findings.nestedSubvolumes;
  if (nested.length === 0) return degradationFinding(findings);
  const named = nested.slice(0, 3).join(", ") + (nested.length > 3 ? ", …" : "");
  return {
    state: "degraded",
    message: `Snapshots leave out the nested subvolumes ${named}.`,
    action: "showHealth",
  };
}

/** Only while all else is well: what waits for its upload is the graver news. */
function degradationFinding({ degradations, pending }: Findings): Finding | null {
  if (degradations.length === 0 || pending > 0) return null;
  return {
    state: "degraded",
    message: `Forkpoint works without its helper. ${degradations.join(" ")}`,
    action: "setUpHelper",
  };
}

function wellFinding(findings: Findings): Finding {
  const { pending, slug } = findings;
  if (pending === 0) {
    return { state: "protected", message: "Every snapshot is in the store.", action: null };
  }
  const count = pending === 1 ? "One snapshot" : `${pending} snapshots`;
  const verb = pending === 1 ? "is" : "are";
  const where = slug === null ? "" : ` of ${slug}`;
  if (findings.uploading)
    return { state: "saving", message: `${count}${where} ${verb} on the way to the store.`, action: null };
  return { state: "behind", message: `${count}${where} ${verb} not in the store yet.`, action: "push" };
}
