import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Machine } from "../../support/machine.ts";

describe("an agent that cannot use its catalog", function () {
  this.timeout(60_000);
  let machine: Machine;
  let catalog: string;
  beforeEach(() => {
    machine = new Machine();
    catalog = join(machine.home, "catalog.sqlite");
  });
  afterEach(() => machine.end());

  it("does not start over one from a newer version, and leaves it alone", async () => {
    await machine.json("pool", "status");
    await machine.stopAgent();
    const db = new DatabaseSync(catalog);
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA user_version = 999; CREATE TABLE later (x)");
    db.close();
    const before = readFileSync(catalog);
    const error = await machine.error("project", "list");
    assert.deepEqual([error.code, error.exitCode], ["CATALOG_NEWER", 1]);
    assert.ok(readFileSync(catalog).equals(before));
  });

  it("does not start over a damaged one, and leaves it alone", async () => {
    mkdirSync(machine.home, { recursive: true });
    writeFileSync(catalog, "this is no database, but somebody's text\n".repeat(100));
    const error = await machine.error("project", "list");
    assert.equal(error.code, "CATALOG_DAMAGED");
    assert.match(readFileSync(catalog, "utf8"), /^this is no database/);
  });
});
