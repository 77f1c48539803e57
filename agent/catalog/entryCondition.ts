import type { EntryFilter } from "../protocol/entry.ts";
import { fold } from "./fold.ts";

/**
 * Entries that acts with a text in them led to, or that were taken for such an act. It names no row of `entries`, so that
 * SQLite runs it once whatever their number.
 */
const entriesOfActs = `SELECT after_id FROM acts WHERE project_id = ? AND after_id IS NOT NULL AND instr(fold(what), ?) > 0
  UNION ALL SELECT before_id FROM acts WHERE project_id = ? AND before_taken = 1 AND instr(fold(what), ?) > 0`;

/** What a filter asks of a row of `entries` of a project, as SQL, and the values for its question marks. */
export function entryCondition(
  filter: EntryFilter,
  projectId: string,
): { sql: string; values: (string | number)[] } {
  const conditions: string[] = ["1"];
  const values: (string | number)[] = [];
  const ask = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const { text, causes, author, tests, among, since, until } = filter;
  if (text !== undefined) {
    const folded = fold(text);
    ask(
      `(label IS NOT NULL AND instr(fold(label), ?) > 0 OR note IS NOT NULL AND instr(fold(note), ?) > 0
        OR snapshot_id IN (${entriesOfActs}))`,
      ...[folded, folded, projectId, folded, projectId, folded],
    );
  }
  if (causes !== undefined) ask(`cause IN (${causes.map(() => "?").join(", ")})`, ...causes);
  if (author !== undefined) ask("author = ?", author);
  if (tests !== undefined) ask("tests = ?", tests);
  if (among !== undefined) ask("snapshot_id IN (SELECT value FROM json_each(?))", JSON.stringify(among));
  if (since !== undefined) ask("created_at >= ?", Date.parse(since));
  if (until !== undefined) ask("created_at <= ?", Date.parse(until));
  return { sql: conditions.join(" AND "), values };
}
