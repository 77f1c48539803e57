import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Catalog } from "../../../agent/catalog/catalog.ts";
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
});
