import type { Catalog } from "../../catalog/catalog.ts";

/** How much there is of what, by kinds that this program chose itself; no name that a person gave. */
export function catalogSummary(catalog: Catalog): Record<string, unknown> {
  const counted = (sql: string) =>
    Object.fromEntries(catalog.all(sql).map(({ kind, amount }) => [String(kind), Number(amount)]));
  const total = (table: string, where = "1") =>
    Number(catalog.get(`SELECT count(*) AS amount FROM ${table} WHERE ${where}`)?.["amount"]);
  const living = "deleted_at IS NULL";
  return {
    schema: Number(catalog.get("PRAGMA user_version")?.["user_version"]),
    bytes:
      Number(catalog.get("PRAGMA page_count")?.["page_count"]) *
      Number(catalog.get("PRAGMA page_size")?.["page_size"]),
    check: String(catalog.get("PRAGMA quick_check")?.["quick_check"]),
    pools: total("pools"),
    projects: catalog
      .all(
        `SELECT p.max_snapshots, p.auto_snapshot_minutes, p.undelete_hours, p.whole,
           p.forked_from_project IS NOT NULL AS fork,
           (SELECT count(*) FROM entries e WHERE e.project_id = p.project_id AND e.deleted_at IS NULL) AS entries,
           (SELECT count(*) FROM entries e WHERE e.project_id = p.project_id AND e.kept_until IS NOT NULL) AS kept
         FROM projects p ORDER BY p.created_at, p.rowid`,
      )
      .map((row, at) => ({ project: at + 1, ...row })),
    entries: {
      byCause: counted(
        `SELECT cause AS kind, count(*) AS amount FROM entries WHERE ${living} GROUP BY cause`,
      ),
      byDurability: counted(
        `SELECT durability AS kind, count(*) AS amount FROM entries WHERE ${living} GROUP BY durability`,
      ),
      pinned: total("entries", `${living} AND pinned = 1`),
      damagedCopies: total("entries", `${living} AND problem IS NOT NULL`),
    },
    acts: counted(
      "SELECT cause || ' ' || outcome AS kind, count(*) AS amount FROM acts GROUP BY cause, outcome",
    ),
    operations: counted("SELECT kind, count(*) AS amount FROM operations GROUP BY kind"),
    interrupted: counted("SELECT kind, count(*) AS amount FROM intents GROUP BY kind"),
  };
}
