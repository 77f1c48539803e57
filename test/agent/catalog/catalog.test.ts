import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Catalog } from "../../../agent/catalog/catalog.ts";
import { Entries } from "../../../agent/catalog/entries.ts";
import { Projects, rulesOf } from "../../../agent/catalog/projects.ts";
import { migrations } from "../../../agent/catalog/schema.ts";
import { Settings } from "../../../agent/catalog/settings.ts";
import { defaultRules } from "../../../agent/protocol/retention.ts";
import { onlyNewest } from "../../support/onlyNewest.ts";
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

  it("goes on with the number of snapshots that an older version was told to keep, and nothing else", () => {
    const raw = new DatabaseSync(file);
    const old = migrations.findIndex((step) => step.includes("ADD COLUMN keep_hours"));
    raw.exec(migrations.slice(0, old).join(""));
    raw.exec(`PRAGMA application_id = 0x464b5054; PRAGMA user_version = ${old}`);
    raw.exec(`INSERT INTO pools (pool_id, path, created_at) VALUES ('p', '/pool', 0);
      INSERT INTO projects (project_id, slug, pool_id, path, created_at, max_snapshots, auto_snapshot_minutes)
        VALUES ('usual', 'usual', 'p', '/usual', 0, 5, 10), ('own', 'own', 'p', '/own', 0, 30, 10);
      INSERT INTO entries (snapshot_id, project_id, cause, author, label, pinned, created_at, durability)
        VALUES ('a', 'own', 'import', 'ada', NULL, 0, 0, 'local'), ('b', 'own', 'manual', 'ada', 'mine', 0, 1, 'local'),
               ('c', 'own', 'assistant', 'ada', 'step 1', 0, 2, 'local')`);
    raw.close();
    const catalog = Catalog.open(file);
    const rules = Object.fromEntries(new Projects(catalog).list().map((row) => [row.slug, rulesOf(row)]));
    assert.deepEqual(rules, { usual: defaultRules, own: onlyNewest(30) });
    const entries = new Entries(catalog).list("own");
    assert.deepEqual(
      entries.map(({ label, named }) => [label, named]),
      [
        ["step 1", false],
        ["mine", true],
        [null, false],
      ],
    );
    catalog.close();
  });

  it("does not take what an older version pulled, or what was forked from that, for whole", () => {
    const raw = new DatabaseSync(file);
    const old = 2;
    raw.exec(migrations.slice(0, old).join(""));
    raw.exec(`PRAGMA application_id = 0x464b5054; PRAGMA user_version = ${old}`);
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
    raw.close();
    const catalog = Catalog.open(file);
    const whole = new Projects(catalog).list().flatMap((row) => (row.whole ? [row.slug] : []));
    assert.deepEqual(whole, ["own"]);
    const moments = new Entries(catalog);
    const known = ["own", "pulled"].flatMap((id) => moments.moments(id).map((each) => each.broughtBack));
    // The store has had the second, so that nobody knows whether its snapshot came from there.
    assert.deepEqual(known, [false, true]);
    catalog.close();
  });
});
