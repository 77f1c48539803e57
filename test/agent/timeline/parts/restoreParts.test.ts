import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { RestorePart } from "../../../../agent/protocol/restoreParts.ts";
import { TimelineFixture } from "../rig/timelineFixture.ts";

describe("restoring parts of a workspace", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const restore = (snapshotId: string, parts: RestorePart[]) =>
    site.rig.timeline.restore(site.project, { snapshotId, parts, openFiles: "refuse" }, unattended);
  const preview = (snapshotId: string, parts?: RestorePart[]) =>
    site.rig.timeline.reading.preview(
      site.project,
      { snapshotId, limit: 100, split: true, ...(parts ? { parts } : {}) },
      unattended,
    );
  const rows = (file: string) => {
    const database = new DatabaseSync(join(site.live, file), { readOnly: true });
    try {
      return database.prepare("SELECT count(*) AS n FROM t").get()?.["n"];
    } finally {
      database.close();
    }
  };
  const insert = (file: string, options = "") => {
    const database = new DatabaseSync(join(site.live, file));
    database.exec(`${options} CREATE TABLE IF NOT EXISTS t (n); INSERT INTO t VALUES (1)`);
    database.close();
  };

  /** A shop with code, installed packages, a lockfile, and databases of each kind. */
  const shop = async () => {
    site.shell(
      "mkdir -p src node_modules/a pg/base/1 mysql/mysql mongo data\n" +
        "echo 1 > src/app; echo 1 > node_modules/a/index.js; echo 1 > package-lock.json; echo 1 > package.json\n" +
        "echo 17 > pg/PG_VERSION; echo 1 > pg/base/1/2600\n" +
        "echo 1 > mysql/ibdata1; echo 1 > mysql/mysql/user.frm; echo 'WiredTiger 11' > mongo/WiredTiger; echo 1 > mongo/c.wt",
    );
    insert("data/dev.db");
    return site.snapshot("before");
  };
  const spoil = () => {
    site.shell(
      "echo 2 > src/app; echo 2 > page; echo 2 > node_modules/a/index.js; mkdir node_modules/b; echo 2 > node_modules/b/x\n" +
        "echo 2 > package-lock.json; echo 2 > package.json; echo 2 > pg/base/1/2600; mkdir pg/base/2; echo 2 > pg/base/2/1\n" +
        "echo 2 > mysql/mysql/user.frm; echo 2 > mongo/c.wt; echo 2 > data/notes",
    );
    insert("data/dev.db");
  };

  it("brings back only installed packages and lockfiles, and says so in the entry", async () => {
    const target = await shop();
    spoil();
    const { entry, guard } = await restore(target.snapshotId, ["dependencies"]);
    site.shell(
      "grep -q 1 node_modules/a/index.js; ! test -e node_modules/b; grep -q 1 package-lock.json; grep -q 2 package.json\n" +
        "grep -q 2 src/app; grep -q 2 pg/base/1/2600; test -e pg/base/2/1",
    );
    assert.equal(rows("data/dev.db"), 2);
    assert.deepEqual(entry?.restored, {
      targetId: target.snapshotId,
      parts: ["dependencies"],
      paths: null,
    });
    assert.equal(entry.parentId, guard?.snapshotId);
    await site.rig.timeline.undo(site.project, { openFiles: "refuse" }, unattended);
    site.shell("grep -q 2 node_modules/a/index.js; test -e node_modules/b/x; grep -q 2 package-lock.json");
  });

  it("brings back everything but the database, of whatever kind it is", async () => {
    const target = await shop();
    spoil();
    await restore(target.snapshotId, ["files", "dependencies"]);
    site.shell(
      "grep -q 1 src/app; grep -q 1 package.json; grep -q 1 node_modules/a/index.js; ! test -e node_modules/b; ! test -e data/notes\n" +
        "grep -q 2 pg/base/1/2600; test -e pg/base/2/1; grep -q 2 mysql/mysql/user.frm; grep -q 2 mongo/c.wt",
    );
    assert.equal(rows("data/dev.db"), 2);
  });

  it("brings back only the database", async () => {
    const target = await shop();
    spoil();
    await restore(target.snapshotId, ["database"]);
    site.shell(
      "grep -q 1 pg/base/1/2600; ! test -e pg/base/2; grep -q 1 mysql/mysql/user.frm; grep -q 1 mongo/c.wt\n" +
        "grep -q 2 src/app; grep -q 2 node_modules/a/index.js; test -e data/notes",
    );
    assert.equal(rows("data/dev.db"), 1);
  });

  it("takes a database's log for a part of it, so that both stay or both go back", async () => {
    insert("app.db", "PRAGMA journal_mode=WAL;");
    const target = await site.snapshot("before");
    const open = new DatabaseSync(join(site.live, "app.db"));
    open.exec("INSERT INTO t VALUES (2); INSERT INTO t VALUES (3)");
    site.shell("cp app.db kept; cp app.db-wal kept-wal; echo 2 > page");
    open.close();
    site.shell("mv kept app.db; mv kept-wal app.db-wal");
    const { split } = await preview(target.snapshotId);
    assert.deepEqual(split?.find(({ part }) => part === "database")?.examples, ["app.db"]);
    await restore(target.snapshotId, ["files", "dependencies"]);
    assert.equal(site.read("page"), "one");
    assert.equal(rows("app.db"), 3);
    await restore(target.snapshotId, ["database"]);
    assert.equal(existsSync(join(site.live, "app.db-wal")), false);
    assert.equal(rows("app.db"), 1);
  });

  it("leaves a database alone whose folder is new, gone, or was something else", async () => {
    site.shell("mkdir old; echo 1 > old/notes; echo file > was");
    insert("old/old.db");
    const target = await site.snapshot("before");
    site.shell("rm -r old was; mkdir new was; echo 2 > new/notes");
    insert("new/new.db");
    insert("was/inner.db");
    await restore(target.snapshotId, ["files", "dependencies"]);
    site.shell("test -e old/notes; ! test -e old/old.db; ! test -e new/notes; test -d was");
    assert.equal(rows("new/new.db"), 1);
    assert.equal(rows("was/inner.db"), 1);
  });

  it("brings back every name of a file that has several", async () => {
    site.shell("mkdir a b; echo 1 > a/first; ln a/first b/second");
    const target = await site.snapshot();
    site.shell("echo 2 > a/first");
    await restore(target.snapshotId, ["files"]);
    site.shell("grep -q 1 a/first; grep -q 1 b/second");
  });

  it("refuses to rename a folder back in which a database lies that is to stay", async () => {
    site.shell("mkdir api; echo 1 > api/app");
    insert("api/dev.db");
    const target = await site.snapshot("before");
    site.shell("mv api server; echo 2 > page");
    const refused = { code: "PARTS_TANGLED", message: /^The folder server would become api, and/ };
    await assert.rejects(restore(target.snapshotId, ["files", "dependencies"]), refused);
    await assert.rejects(preview(target.snapshotId, ["files", "dependencies"]), refused);
    assert.equal(site.read("page"), "2\n");
    assert.deepEqual(site.rig.intents.list(), []);
    await restore(target.snapshotId, ["files", "dependencies", "database"]);
    assert.equal(rows("api/dev.db"), 1);
  });

  it("tells beforehand how much lies in each part", async () => {
    const target = await shop();
    spoil();
    const { split, summary, changes } = await preview(target.snapshotId, ["dependencies"]);
    assert.deepEqual(
      split?.map(({ part, examples }) => [part, examples]),
      [
        ["files", ["data/notes", "package.json", "page", "src/app"]],
        ["dependencies", ["node_modules", "package-lock.json"]],
        ["database", ["data/dev.db", "mongo", "mysql", "pg"]],
      ],
    );
    assert.equal(split[1]?.summary.modified, 2);
    assert.deepEqual(summary, split[1].summary);
    assert.equal(
      changes.every(({ path }) => path.startsWith("node_modules") || path === "package-lock.json"),
      true,
    );
  });

  it("does nothing where nothing of the part differs, and takes no paths besides", async () => {
    const target = await shop();
    site.write("page", "two");
    const { entry, guard } = await restore(target.snapshotId, ["database"]);
    assert.deepEqual([entry, guard], [null, null]);
    const both = { snapshotId: target.snapshotId, parts: ["files" as const], paths: ["page"] };
    await assert.rejects(
      site.rig.timeline.restore(site.project, { ...both, openFiles: "refuse" }, unattended),
      { code: "BAD_REQUEST" },
    );
  });
});
