import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Catalog } from "../../../agent/catalog/catalog.ts";
import { Entries } from "../../../agent/catalog/entries.ts";
import { fillTimeline } from "../../support/longTimeline.ts";

describe("entries to push", () => {
  let folder: string;
  let catalog: Catalog;
  let entries: Entries;
  let projectId: string;
  /** Oldest first. */
  let ids: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-push-"));
    catalog = Catalog.open(join(folder, "catalog.sqlite"));
    entries = new Entries(catalog);
    projectId = fillTimeline(catalog, 6);
    ids = entries.moments(projectId).map(({ snapshotId }) => snapshotId);
  });
  afterEach(() => {
    catalog.close();
    rmSync(folder, { recursive: true });
  });

  const idAt = (at: number) => ids[at] ?? "";
  const store = (...places: number[]) => {
    for (const at of places) entries.change(projectId, idAt(at), { durability: "durable" });
  };
  const oldest = (after = 0, except: string[] = []) =>
    entries.oldestNotDurable(projectId, { after, except })?.snapshotId;

  it("are those of the timeline that the store has not all of, oldest first", () => {
    store(0, 3);
    entries.change(projectId, idAt(2), { durability: "uploading" });
    entries.change(projectId, idAt(4), { durability: "verified" });
    entries.bury(projectId, idAt(1), 1);
    assert.deepEqual(entries.notDurable(projectId), [idAt(2), idAt(5)]);
    assert.equal(entries.countNotDurable(projectId), 2);
    assert.equal(oldest(), idAt(2));
  });

  it("are looked for behind one that was tried, and past those to be left alone", () => {
    store(0);
    assert.equal(oldest(entries.seqOf(projectId, idAt(1))), idAt(2));
    assert.equal(oldest(0, [idAt(1), idAt(2)]), idAt(3));
    assert.equal(oldest(entries.seqOf(projectId, idAt(4)), [idAt(5)]), undefined);
  });

  it("build upon stored ones, the newest first, as they are when each is asked for", () => {
    store(0, 1, 3, 5);
    entries.bury(projectId, idAt(5), 1);
    const found: string[] = [];
    for (const { snapshotId } of entries.storedNewestFirst(projectId)) {
      found.push(snapshotId);
      entries.bury(projectId, idAt(1), 1);
    }
    assert.deepEqual(found, [idAt(3), idAt(0)]);
  });
});
