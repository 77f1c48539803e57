import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Acts } from "../../../agent/catalog/acts.ts";
import { Catalog } from "../../../agent/catalog/catalog.ts";
import { Entries } from "../../../agent/catalog/entries.ts";
import type { EntryFilter } from "../../../agent/protocol/entry.ts";
import { fillTimeline } from "../../support/longTimeline.ts";

const amount = 10_000;

describe("the search of a long timeline", () => {
  let folder: string;
  let catalog: Catalog;
  let entries: Entries;
  let projectId: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-search-"));
    catalog = Catalog.open(join(folder, "catalog.sqlite"));
    entries = new Entries(catalog);
    projectId = fillTimeline(catalog, amount);
  });
  after(() => {
    catalog.close();
    rmSync(folder, { recursive: true });
  });

  const found = (filter: EntryFilter) => {
    const rows = entries.list(projectId, { filter });
    assert.equal(entries.count(projectId, filter), rows.length);
    return rows.length;
  };

  it("finds what a label, a note or a command holds, and counts it", () => {
    assert.equal(found({ text: "LABEL 77" }), 11);
    assert.equal(found({ text: "npm install package-42x" }), 1);
    assert.equal(found({ text: "nowhere" }), 0);
    assert.equal(found({ causes: ["manual"] }), amount / 10);
    const some = entries.list(projectId, { limit: 3 }).map(({ snapshotId }) => snapshotId);
    assert.equal(found({ among: some }), 3);
    assert.equal(found({ among: [] }), 0);
    assert.equal(found({ among: some, text: "nowhere" }), 0);
  });

  it("reads pages by an index, in its order, whatever is asked", () => {
    for (const filter of [
      {},
      { text: "label" },
      { causes: ["manual", "timer"] },
      { among: ["a", "b"] },
      { author: "ada", since: "2026-01-01T00:00:00Z" },
    ] satisfies EntryFilter[]) {
      const plan = planOf(() => entries.list(projectId, { limit: 100, filter }));
      assert.match(
        plan,
        /SEARCH entries USING INDEX living_entries|SEARCH entries USING INDEX sqlite_autoindex/,
      );
      // Looked for by its key, for the rows of the page only.
      const others = plan.replace(/CORRELATED SCALAR SUBQUERY \d+\nSEARCH parent USING INDEX .*/, "");
      assert.doesNotMatch(others, /SCAN entries|SCAN acts|CORRELATED|parent/, plan);
    }
  });

  it("walks no whole table for anything that a row of a page needs", () => {
    const plan = planOf(() => {
      const [row] = entries.list(projectId, { limit: 1 });
      assert.ok(row);
      entries.isLiving(projectId, row.snapshotId);
      entries.livingAncestor(projectId, row.snapshotId);
      new Acts(catalog).ofEntry(projectId, row.snapshotId);
    });
    assert.match(plan, /acts_after \(project_id=\? AND after_id=\?\)/, plan);
    assert.match(plan, /acts_before \(project_id=\? AND before_id=\?\)/, plan);
    assert.doesNotMatch(plan, /SCAN (entries|acts|e)\b/, plan);
  });

  /** How SQLite means to run each statement that `work` runs. */
  function planOf(work: () => void): string {
    const statements: string[] = [];
    const [all, get] = [catalog.all.bind(catalog), catalog.get.bind(catalog)];
    const noted =
      <T>(run: (sql: string, ...values: (string | number | null)[]) => T) =>
      (sql: string, ...values: (string | number | null)[]) => {
        statements.push(sql);
        return run(sql, ...values);
      };
    Object.assign(catalog, { all: noted(all), get: noted(get) });
    try {
      work();
    } finally {
      Object.assign(catalog, { all, get });
    }
    assert.ok(statements.length > 0);
    return statements
      .flatMap((sql) => catalog.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
      .map(({ detail }) => String(detail))
      .join("\n");
  }
});
