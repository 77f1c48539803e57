import * as l10n from "@vscode/l10n";
import type { DependencyChanges } from "../../agent/protocol/dependencies.ts";
import type { Change, ChangeSummary } from "../../agent/protocol/change.ts";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Project } from "../../agent/protocol/project.ts";
import { entryTitle } from "../wording/causes.ts";

/** Another project, as it stood when the comparison was made. */
export interface OtherWorkspace {
  readonly project: Project;
}

/** A comparison whose older side is a snapshot, so that it can be gone back to. */
export type EntryComparison = Comparison & { readonly from: Entry };

export function isEntry(from: Comparison["from"]): from is Entry {
  return "snapshotId" in from;
}

/** Two moments of a project, or of it and another one, and what differs between them. */
export interface Comparison {
  readonly projectId: string;
  readonly from: Entry | OtherWorkspace;
  /** Null for the workspace as it stood when the comparison was made. */
  readonly to: Entry | null;
  readonly changes: readonly Change[];
  readonly summary: ChangeSummary;
  /** Whether there are more changes than `changes` holds. */
  readonly truncated: boolean;
  /** Absent where nobody asked for the packages that differ. */
  readonly dependencies?: DependencyChanges | undefined;
}

export function comparisonTitle({ from, to }: Pick<Comparison, "from" | "to">): string {
  const older = isEntry(from) ? entryTitle(from) : from.project.slug;
  return `${older} → ${to ? entryTitle(to) : l10n.t("now")}`;
}
