import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { runScript } from "../projects/rig/killed.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";
import type { ScriptArgs } from "./rig/timelineScript.ts";

describe("a kill in the middle of an act", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    site.write("page", "before");
  });
  afterEach(() => site.close());

  const killAt = async (crashPoint: string, nth = 1) => {
    const script = new URL("rig/timelineScript.ts", import.meta.url).href;
    const args: ScriptArgs = {
      ...{ home: site.home, projectId: site.projectId, crashPoint, nth },
      act: "after",
    };
    assert.equal(await runScript(script, args), "SIGKILL");
    await site.reopen();
    assert.deepEqual(site.rig.intents.list(), []);
    const folder = join(site.loop.path, ".forkpoint/snapshots", site.projectId);
    const ids = site.entries().map(({ snapshotId }) => snapshotId);
    assert.deepEqual(readdirSync(folder).sort(), ids.sort());
    assert.deepEqual(readdirSync(join(site.loop.path, ".forkpoint/staging")), []);
  };
  const pageOf = (id: string | null | undefined) =>
    readFileSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId, id ?? "none", "page"), "utf8");

  for (const point of ["snapshot:intent", "snapshot:taken"]) {
    it(`at ${point} of its beginning leaves nothing`, async () => {
      await killAt(point);
      assert.equal(site.entries().length, 1);
      assert.equal(site.entries()[0]?.act, null);
    });
  }

  for (const [point, nth] of [
    ["snapshot:registered", 1],
    ["act:begun", 1],
    ["snapshot:intent", 2],
    ["snapshot:taken", 2],
  ] as const) {
    it(`at ${point} (${nth}) leaves the state before, and an end that nobody saw`, async () => {
      await killAt(point, nth);
      const [head] = site.entries();
      assert.equal(head?.act?.outcome, "unknown");
      assert.equal(pageOf(head.act.beforeId), "before");
      assert.equal(head.act.afterId, null);
    });
  }

  it("can still be ended by who began it", async () => {
    await killAt("snapshot:intent", 2);
    const actId = site.entries()[0]?.act?.actId ?? "";
    const wish = { actId, outcome: "done", exitCode: 0, count: true } as const;
    const { act } = await site.rig.timeline.acts.end(site.project, wish, unattended);
    assert.deepEqual([act?.outcome, act?.change?.files], ["done", 1]);
    assert.equal(pageOf(act?.afterId), "after");
    assert.deepEqual(await site.rig.timeline.acts.end(site.project, wish, unattended), {
      entry: null,
      act: null,
    });
  });

  for (const [point, nth] of [
    ["snapshot:registered", 2],
    ["act:ended", 1],
    ["act:counted", 1],
  ] as const) {
    it(`at ${point} (${nth}) leaves the pair, counted by the next start`, async () => {
      await killAt(point, nth);
      await site.rig.timeline.acts.counted();
      const [head] = site.entries();
      const { act } = head ?? {};
      assert.deepEqual([act?.outcome, act?.exitCode, act?.change?.files], ["done", 0, 1]);
      assert.deepEqual([pageOf(act?.beforeId), pageOf(act?.afterId)], ["before", "after"]);
    });
  }
});
