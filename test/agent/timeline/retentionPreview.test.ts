import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unattended } from "../../../agent/host/longCall.ts";
import { defaultRules, type RetentionRules } from "../../../agent/protocol/retention.ts";
import { onlyNewest } from "../../support/onlyNewest.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

const mib = 2 ** 20;

describe("what other rules of retention would take", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const preview = async (rules: Partial<RetentionRules>, measure = false) => {
    const { timeline } = site.rig;
    const { judged, ...found } = await timeline.reading.retention.retention(
      site.project,
      { rules, measure },
      unattended,
    );
    const named = (goes: boolean) =>
      judged.filter(({ reasons }) => (reasons.length === 0) === goes).map(({ entry }) => entry.label);
    return { ...found, going: named(true), staying: named(false) };
  };
  const labels = () => site.entries().map(({ label }) => label);
  const take = async (...names: string[]) => {
    for (const name of names) {
      writeFileSync(join(site.live, "data"), randomBytes(mib));
      await site.snapshot(name);
    }
  };
  /** As `project/configure` does; returns when what goes is gone from the timeline. */
  const configure = async (rules: Partial<RetentionRules>) => {
    site.rig.projects.change(site.projectId, rules);
    site.rig.timeline.configured(site.projectId);
    const [head] = site.entries();
    // It has the project after them.
    const wish = { from: head?.snapshotId ?? "", limit: 1 };
    await site.rig.timeline.reading.diff(site.project, wish, unattended);
  };

  it("is shown with the room that it frees, and changes nothing", async () => {
    await take("one", "two", "three", "four");
    const { going, staying, room } = await preview(onlyNewest(2), true);
    assert.deepEqual(going, ["two", "one", null]);
    assert.deepEqual(staying, ["four", "three"]);
    assert.ok(room && room.bytes >= 2 * mib && room.bytes < 3 * mib, `${room?.bytes}`);
    assert.deepEqual(labels(), ["four", "three", "two", "one", null]);
    assert.equal(site.project.maxSnapshots, defaultRules.maxSnapshots);
    assert.equal((await preview({})).room, null);
  });

  it("is what goes once they are the project's, without another snapshot", async () => {
    await take("one", "two", "three", "four");
    const { going, staying, rules } = await preview(onlyNewest(1));
    assert.deepEqual(rules, onlyNewest(1));
    await configure(onlyNewest(1));
    assert.deepEqual(labels(), staying);
    assert.deepEqual(going, ["three", "two", "one", null]);
    assert.deepEqual((await preview({})).going, []);
  });

  it("is judged by the project's own rules where no others are given", async () => {
    await configure({ ...onlyNewest(3), keepNamed: true });
    await take("one", "two");
    assert.deepEqual((await preview({})).going, []);
    const { rules, going } = await preview({ keepNamed: false, maxSnapshots: 1 });
    assert.deepEqual(rules, onlyNewest(1));
    assert.deepEqual(going, ["one", null]);
    assert.deepEqual((await preview({ maxSnapshots: 1 })).going, []);
  });
});
