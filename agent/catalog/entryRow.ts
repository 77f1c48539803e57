import { TestResult } from "../protocol/acts.ts";
import { Cause, Durability } from "../protocol/entry.ts";
import { RestoredWhat } from "../protocol/restoreParts.ts";
import type { Row } from "./catalog.ts";
import { number, numberOrNull, text, textOrNull } from "./columns.ts";

export interface EntryRow {
  /** Order within the machine; grows with every entry. */
  readonly seq: number;
  readonly snapshotId: string;
  readonly projectId: string;
  /** The nearest ancestor that still exists. */
  readonly parentId: string | null;
  readonly cause: Cause;
  readonly author: string;
  readonly label: string | null;
  /** Whether a person gave the label. */
  readonly named: boolean;
  readonly note: string | null;
  readonly pinned: boolean;
  readonly createdAt: number;
  readonly durability: Durability;
  readonly manifestDigest: string | null;
  readonly guardId: string | null;
  /** When it was last read back whole from the store: milliseconds since 1970. */
  readonly verifiedAt: number | null;
  /** What was found wrong with its copy in the store. */
  readonly problem: string | null;
  /** How the tests last ended on exactly this state. */
  readonly tests: TestResult | null;
  /** What a restore brought back; null for all other entries, and where that is not known. */
  readonly restored: RestoredWhat | null;
  /** The manifest, of the project that its own was forked from, that its snapshot was rebuilt from with nothing left out. */
  readonly rebuiltFrom: string | null;
}

/** When an entry was made, and how. */
export interface EntryMoment {
  readonly seq: number;
  readonly snapshotId: string;
  readonly createdAt: number;
  /** Whether its snapshot was, or may have been, rebuilt from the store. */
  readonly broughtBack: boolean;
}

/** The column of each part that may change. */
export const changeColumns = {
  label: "label",
  named: "named",
  note: "note",
  pinned: "pinned",
  durability: "durability",
  manifestDigest: "manifest_digest",
  verifiedAt: "verified_at",
  problem: "problem",
  tests: "tests",
} as const;

/** Whether the store has all of an entry. */
export function isStored({ durability }: Pick<EntryRow, "durability">): boolean {
  return durability === "durable" || durability === "verified";
}

export type EntryChange = Partial<Pick<EntryRow, keyof typeof changeColumns>>;

const TestsColumn = TestResult.nullable();

/**
 * The beginning of a query whose rows `entryOf` reads. Whether the parent lives is asked with each row, since looking for
 * a living ancestor costs a query of its own.
 */
export const selectEntries = `SELECT *, EXISTS (SELECT 1 FROM entries parent WHERE parent.project_id = entries.project_id
  AND parent.snapshot_id = entries.parent_id AND parent.deleted_at IS NULL) AS parent_lives FROM entries`;

/** @param livingAncestor of a parent that is gone */
export function entryOf(
  row: Row,
  livingAncestor: (projectId: string, snapshotId: string) => string | null,
): EntryRow {
  const projectId = text(row, "project_id");
  const parentId = textOrNull(row, "parent_id");
  return {
    seq: number(row, "seq"),
    snapshotId: text(row, "snapshot_id"),
    projectId,
    parentId:
      parentId === null || number(row, "parent_lives") === 1 ? parentId : livingAncestor(projectId, parentId),
    cause: Cause.parse(row["cause"]),
    author: text(row, "author"),
    label: textOrNull(row, "label"),
    named: number(row, "named") === 1,
    note: textOrNull(row, "note"),
    pinned: number(row, "pinned") === 1,
    createdAt: number(row, "created_at"),
    durability: Durability.parse(row["durability"]),
    manifestDigest: textOrNull(row, "manifest_digest"),
    guardId: textOrNull(row, "guard_id"),
    verifiedAt: numberOrNull(row, "verified_at"),
    problem: textOrNull(row, "problem"),
    tests: TestsColumn.parse(row["tests"]),
    restored: restoredOf(row),
    rebuiltFrom: textOrNull(row, "rebuilt_from"),
  };
}

function restoredOf(row: Row): RestoredWhat | null {
  const json = textOrNull(row, "restored");
  return json === null ? null : RestoredWhat.parse(JSON.parse(json));
}
