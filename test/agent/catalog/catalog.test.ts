import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Catalog } from "../../../agent/catalog/catalog.ts";
import { Projects } from "../../../agent/catalog/projects.ts";
import { Settings } from "../../../agent/catalog/settings.ts";
import { z } from "zod";

describe("catalog", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-catalog-"));
    file = join(folder, "catalog.sqlite");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("keeps what was written when it is opened again", () => {
    const machine = { key: "machine", schema: z.string() };
    const first = Catalog.open(file);
    new Settings(first).set(machine, "one");
    first.close();
    const second = Catalog.open(file);
    assert.equal(new Settings(second).get(machine), "one");
    second.close();
  });

  it("undoes a transaction that throws, with what was nested in it", () => {
    const catalog = Catalog.open(file);
    const settings = new Settings(catalog);
    const setting = { key: "k", schema: z.number() };
    assert.throws(() =>
      catalog.transaction(() => {
        catalog.transaction(() => {
          settings.set(setting, 1);
        });
        throw new Error("stop");
      }),
    );
    assert.equal(settings.get(setting), undefined);
    catalog.close();
  });

  it("refuses a catalog of a newer version and leaves it as it is", () => {
    Catalog.open(file).close();
    const raw = new DatabaseSync(file);
    raw.exec("PRAGMA user_version = 999");
    raw.close();
    assert.throws(() => Catalog.open(file), { code: "CATALOG_NEWER" });
    const again = new DatabaseSync(file);
    assert.equal(again.prepare("PRAGMA user_version").get()?.["user_version"], 999);
    again.close();
  });

  it("reports a file that is no catalog instead of starting afresh", () => {
    writeFileSync(file, "this is not a database, it is a text of some length".repeat(100));
    assert.throws(() => Catalog.open(file), { code: "CATALOG_DAMAGED" });
  });

  it("does not take what an older version pulled, or what was forked from that, for whole", () => {
    Catalog.open(file).close();
    const raw = new DatabaseSync(file);
    const project = (id: string, from: string | null) => {
      raw
        .prepare(
          `INSERT INTO projects (project_id, slug, pool_id, path, created_at, forked_from_project, forked_from_snapshot,
             max_snapshots, auto_snapshot_minutes) VALUES (?1, ?1, 'p', ?1, 0, ?2, ?3, 5, 0)`,
        )
        .run(id, from, from && "s");
    };
    raw.exec("INSERT INTO pools (pool_id, path, created_at) VALUES ('p', '/pool', 0)");
    project("own", null);
    project("pulled", null);
    project("fork", "pulled");
    project("forksFork", "fork");
    raw.exec(`INSERT INTO entries (snapshot_id, project_id, cause, author, pinned, created_at, durability)
      VALUES ('a', 'own', 'import', 'ada', 0, 0, 'local'), ('b', 'pulled', 'pull', 'ada', 0, 0, 'durable')`);
    raw.exec(`DROP TABLE acts; ALTER TABLE entries DROP COLUMN tests;
      ALTER TABLE projects DROP COLUMN whole; PRAGMA user_version = 2`);
    raw.close();
    const catalog = Catalog.open(file);
    const whole = new Projects(catalog).list().flatMap((row) => (row.whole ? [row.slug] : []));
    assert.deepEqual(whole, ["own"]);
    catalog.close();
  });
});
