import type { EntryRow } from "./entryRow.ts";

type Needed = "snapshotId" | "projectId" | "parentId" | "cause" | "author" | "createdAt";

/** An entry as it begins: on this disk only, unnamed and unpinned, unless said otherwise. */
export function newEntry(
  given: Pick<EntryRow, Needed> & Partial<Omit<EntryRow, "seq">>,
): Omit<EntryRow, "seq"> {
  return {
    label: null,
    note: null,
    pinned: false,
    durability: "local",
    manifestDigest: null,
    guardId: null,
    verifiedAt: null,
    problem: null,
    tests: null,
    named: Boolean(given.label) && given.cause !== "assistant",
    restored: null,
    rebuiltFrom: null,
    ...given,
  };
}
