import type { FoldedFolder } from "../../protocol/comparison.ts";
import { encodeVolumePath } from "../../protocol/volumePath.ts";
import type { PathChange } from "./compareSnapshots.ts";
import { summarizeChanges } from "./describeChanges.ts";

/**
 * Takes the changes in and of folders with one of some names, the outermost counting, out of a comparison.
 * @param names of folders, at any depth
 */
export function foldChanges(
  changes: readonly PathChange[],
  names: readonly string[],
): { listed: readonly PathChange[]; folded: FoldedFolder[] } {
  if (names.length === 0) return { listed: changes, folded: [] };
  const quiet = new Set(names.map((name) => Buffer.from(name).toString("latin1")));
  const listed: PathChange[] = [];
  const folders = new Map<string, PathChange[]>();
  for (const change of changes) {
    const folder = foldedInto(change, quiet);
    const within = folder === null ? listed : (folders.get(folder) ?? []);
    within.push(change);
    if (folder !== null) folders.set(folder, within);
  }
  const folded = [...folders].map(([folder, within]) => ({
    path: encodeVolumePath(Buffer.from(folder, "latin1")),
    files: within.filter(({ type }) => type !== "directory").length,
    summary: summarizeChanges(within),
    bytes: within.reduce(
      (sum, { kind, size }) => sum + (kind === "added" || kind === "modified" ? (size ?? 0) : 0),
      0,
    ),
  }));
  return { listed, folded };
}

function foldedInto({ path, type }: PathChange, quiet: ReadonlySet<string>): string | null {
  const text = path.toString("latin1");
  for (let end = text.indexOf("/"), start = 0; ; start = end + 1, end = text.indexOf("/", start)) {
    if (end === -1) return type === "directory" && quiet.has(text.slice(start)) ? text : null;
    if (quiet.has(text.slice(start, end))) return text.slice(0, end);
  }
}
