import type { EntryFilter } from "../protocol/entities.ts";
import { fold } from "./fold.ts";

/** What a filter asks of a row of `entries`, as SQL, and the values for its question marks. */
export function entryCondition(filter: EntryFilter): { sql: string; values: (string | number)[] } {
  const conditions: string[] = ["1"];
  const values: (string | number)[] = [];
  const ask = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const { text, causes, author, tests, since, until } = filter;
  if (text !== undefined) {
    ask("(instr(fold(label), ?) > 0 OR instr(fold(note), ?) > 0)", fold(text), fold(text));
  }
  if (causes !== undefined) ask(`cause IN (${causes.map(() => "?").join(", ")})`, ...causes);
  if (author !== undefined) ask("author = ?", author);
  if (tests !== undefined) ask("tests = ?", tests);
  if (since !== undefined) ask("created_at >= ?", Date.parse(since));
  if (until !== undefined) ask("created_at <= ?", Date.parse(until));
  return { sql: conditions.join(" AND "), values };
}
