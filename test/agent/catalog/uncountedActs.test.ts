import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ActRow, Acts } from "../../../agent/catalog/acts.ts";
import { Catalog } from "../../../agent/catalog/catalog.ts";
import { Entries } from "../../../agent/catalog/entries.ts";
import { fillTimeline } from "../../support/longTimeline.ts";

const nothing = { files: 0, added: 0, removed: 0, inDependencies: 0, inGit: 0, bytes: 0, lockfiles: [] };

describe("acts that nobody has counted", () => {
  let folder: string;
  let catalog: Catalog;
  let acts: Acts;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-acts-"));
    catalog = Catalog.open(join(folder, "catalog.sqlite"));
    acts = new Acts(catalog);
    fillTimeline(catalog, 30);
  });
  afterEach(() => {
    catalog.close();
    rmSync(folder, { recursive: true });
  });
  const newest = (except: readonly ActRow[] = []) => acts.newestUncounted(except);
  const command = (act: ActRow | undefined) => act?.what;

  it("are found the newest first, until they are counted or an entry of theirs is gone", () => {
    const first = newest();
    assert.ok(first);
    assert.equal(command(first), "npm install package-2x");
    acts.counted(first, nothing);
    const second = newest();
    assert.ok(second);
    assert.equal(command(second), "npm install package-1x");
    new Entries(catalog).bury(second.projectId, second.beforeId, 1);
    assert.equal(command(newest()), "npm install package-0x");
  });

  it("are passed over when that is asked for, until they lead to another entry", () => {
    const first = newest();
    assert.ok(first);
    const second = newest([first]);
    assert.ok(second);
    assert.equal(command(second), "npm install package-1x");
    assert.equal(command(newest([second])), command(first));
    const third = newest([first, second]);
    assert.ok(third);
    assert.equal(newest([first, second, third]), undefined);
    acts.put({ ...first, afterId: third.afterId });
    assert.equal(command(newest([first, second, third])), command(first));
  });
});
