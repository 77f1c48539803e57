import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { ProjectLookup } from "../../../agent/projects/projectLookup.ts";
import { errorBody } from "../../../agent/protocol/errors.ts";
import { actMethods } from "../../../agent/server/actMethods.ts";
import { ClientSession } from "../../../agent/server/clientSession.ts";
import { fillPool } from "../../support/fillPool.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("an assistant's turn that something comes between", function () {
  this.timeout(120_000);
  let site: TimelineFixture;
  let window: ClientSession;
  let methods: ReturnType<typeof actMethods>;
  beforeEach(async () => {
    site = await TimelineFixture.open({ mib: 256 });
    const { timeline, projects, log } = site.rig;
    window = new ClientSession(1);
    methods = actMethods({ lookup: new ProjectLookup(projects), timeline, log });
    site.write("page", "by a person");
  });
  afterEach(() => site.close());

  const begin = async () => {
    const wish = { cause: "assistant", what: "assistant", late: false, alone: false } as const;
    return methods["act/begin"]({ project: site.projectId, ...wish }, { ...unattended, session: window });
  };
  const end = async (actId: string) => {
    const wish = { actId, outcome: "done", exitCode: null, count: false } as const;
    return methods["act/end"]({ project: site.projectId, ...wish }, { ...unattended, session: window });
  };
  /** Returns when whatever was begun before has had the project. */
  const settled = async () => {
    const from = site.entries()[0]?.snapshotId ?? "";
    await site.rig.timeline.reading.diff(site.project, { from, limit: 1 }, unattended);
  };
  const pageOf = (id: string | null | undefined) =>
    readFileSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId, id ?? "none", "page"), "utf8");
  const turns = () => {
    const acts = site.entries().flatMap(({ act }) => (act ? [act] : []));
    return [...new Map(acts.map((act) => [act.actId, act])).values()];
  };
  const pair = () => {
    const [turn, ...others] = turns();
    assert.deepEqual(others, []);
    return [turn?.outcome, pageOf(turn?.beforeId), turn?.afterId && pageOf(turn.afterId)];
  };

  it("is over when the window closes in the middle of it, with what came of it until then", async () => {
    await begin();
    site.write("page", "half");
    window.end();
    await settled();
    assert.deepEqual(pair(), ["done", "by a person", "half"]);
  });

  it("is over when the window closes while the state before is being kept", async () => {
    const beginning = begin();
    window.end();
    await beginning;
    await settled();
    assert.deepEqual(pair(), ["done", "by a person", null]);
  });

  it("is ended once when the window closes while what came of it is being kept", async () => {
    const { actId } = await begin();
    site.write("page", "whole");
    const ending = end(actId);
    window.end();
    const { entry } = await ending;
    await settled();
    assert.deepEqual(pair(), ["done", "by a person", "whole"]);
    assert.equal(site.entries()[0]?.snapshotId, entry?.snapshotId);
  });

  it("is over when it has filled the disk, and nothing of before or after it is lost", async () => {
    const { actId } = await begin();
    site.write("page", "by an assistant");
    fillPool(join(site.live, "filling"));
    const refused = await end(actId).then(
      () => null,
      (thrown: unknown) => errorBody(thrown).code,
    );
    const [turn] = turns();
    assert.equal(pageOf(turn?.beforeId), "by a person");
    assert.equal(site.read("page"), "by an assistant");
    assert.deepEqual(site.rig.intents.list(), []);
    assert.deepEqual([refused, turn?.outcome], refused === null ? [null, "done"] : ["POOL_FULL", "unknown"]);
    if (refused === null) {
      assert.equal(pageOf(turn?.afterId), "by an assistant");
      return;
    }
    rmSync(join(site.live, "filling"), { recursive: true });
    execFileSync("btrfs", ["filesystem", "sync", site.loop.path]);
    assert.equal(pageOf((await site.snapshot()).snapshotId), "by an assistant");
  });

  it("does not begin on a disk that has no room, and leaves nothing open or half made", async () => {
    fillPool(join(site.live, "filling"));
    const refused = await begin().then(
      () => null,
      (thrown: unknown) => errorBody(thrown).code,
    );
    window.end();
    // It has its turn although there may be no room to compare.
    await settled().catch(() => undefined);
    assert.ok(refused === null || refused === "POOL_FULL", `${refused}`);
    assert.deepEqual(
      turns().filter(({ outcome }) => outcome === "running"),
      [],
    );
    assert.deepEqual(site.rig.intents.list(), []);
  });
});
