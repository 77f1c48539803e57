import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { runScript } from "../projects/rig/killed.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";
import type { ScriptArgs } from "./rig/timelineScript.ts";

describe("a kill in the middle", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
    site.shell(
      "mkdir -p a/b gone; for i in 1 2 3; do echo $i > a/b/$i; echo $i > gone/$i; done; ln a/b/1 linked",
    );
  });
  afterEach(() => site.close());

  const run = async (args: Omit<ScriptArgs, "home" | "projectId">) => {
    const script = new URL("rig/timelineScript.ts", import.meta.url).href;
    return runScript(script, { home: site.home, projectId: site.projectId, ...args });
  };
  /** Every subvolume belongs to an entry, nothing is half made, no operation is open. */
  const assertTidy = () => {
    assert.deepEqual(site.rig.intents.list(), []);
    const ids = site.entries().map(({ snapshotId }) => snapshotId);
    assert.deepEqual(
      readdirSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId)).sort(),
      ids.sort(),
    );
    assert.deepEqual(readdirSync(join(site.loop.path, ".forkpoint/staging")), []);
    assert.deepEqual(
      readdirSync(site.live).filter((name) => name.startsWith(".forkpoint")),
      [],
    );
  };

  for (const point of ["snapshot:intent", "snapshot:taken", "snapshot:registered"]) {
    it(`of a snapshot at ${point} leaves the entry or nothing`, async () => {
      assert.equal(await run({ crashPoint: point, snapshot: true }), "SIGKILL");
      await site.reopen();
      assert.equal(site.entries().length, point === "snapshot:registered" ? 2 : 1);
      assertTidy();
    });
  }

  for (const point of ["deleteSnapshot:buried", "deleteSnapshot:freed"]) {
    it(`of a deletion at ${point} is finished`, async () => {
      const { snapshotId } = await site.snapshot();
      assert.equal(await run({ crashPoint: point, delete: snapshotId }), "SIGKILL");
      await site.reopen();
      assert.equal(site.entries().length, 1);
      assertTidy();
    });
  }

  it("of a deletion that can be undone leaves what can be undone", async () => {
    const { snapshotId } = await site.snapshot();
    assert.equal(await run({ crashPoint: "deleteSnapshot:buried", hide: snapshotId }), "SIGKILL");
    await site.reopen();
    assert.equal(site.entries().length, 1);
    assert.equal(await run({ crashPoint: "undelete:shown", undelete: snapshotId }), "SIGKILL");
    await site.reopen();
    assert.equal(site.entries().length, 2);
    assertTidy();
  });

  for (const point of ["deleteSnapshot:released", "deleteSnapshot:freed"]) {
    it(`at ${point} while deleted snapshots are given up frees them`, async () => {
      const { snapshotId } = await site.snapshot();
      await run({ crashPoint: "never", hide: snapshotId });
      assert.equal(await run({ crashPoint: point, sweep: true }), "SIGKILL");
      await site.reopen();
      assert.equal(site.entries().length, 1);
      assertTidy();
    });
  }

  const untouched = ["restore:intent", "restore:before"];
  const finished = [
    "restore:guarded",
    "makeEqual:folder",
    "makeEqual:copied",
    "makeEqual:one-taken",
    "makeEqual:taken",
    "makeEqual:one-placed",
    "makeEqual:placed",
    "makeEqual:linked",
    "makeEqual:attributes",
    "restore:applied",
    "restore:result",
    "restore:shown",
  ];
  /** Two states far enough apart that every step has something to do. */
  const twoStates = async () => {
    const target = await site.snapshot();
    const wanted = treeFingerprint(site.live);
    site.shell("mv a/b moved; rm -r gone linked; echo new > new; echo edited > moved/2; rm page; mkdir page");
    return { target: target.snapshotId, wanted, before: treeFingerprint(site.live) };
  };

  for (const point of [...untouched, ...finished]) {
    it(`of a restore at ${point} ends ${untouched.includes(point) ? "with nothing done" : "complete"}`, async () => {
      const { target, wanted, before } = await twoStates();
      assert.equal(await run({ crashPoint: point, restore: { snapshotId: target } }), "SIGKILL");
      await site.reopen();
      assert.equal(treeFingerprint(site.live), untouched.includes(point) ? before : wanted);
      const [head] = site.entries();
      assert.equal(head?.cause, untouched.includes(point) ? "manual" : "restore");
      assertTidy();
      if (untouched.includes(point)) return;
      await site.rig.timeline.undo(site.project, { openFiles: "refuse" }, unattendedCall);
      assert.equal(treeFingerprint(site.live, { folderTimes: false }), fingerprintOf(head.guardId));
      const kept = site.entries().some(({ snapshotId }) => fingerprintOf(snapshotId, true) === before);
      assert.equal(kept, true, "what was there before is kept");
    });
  }
  const unattendedCall = { signal: new AbortController().signal, report: () => undefined };
  const fingerprintOf = (snapshotId: string | null | undefined, folderTimes = false) =>
    treeFingerprint(join(site.loop.path, ".forkpoint/snapshots", site.projectId, snapshotId ?? "none"), {
      folderTimes,
    });

  it("of a restore of chosen paths is finished for those alone", async () => {
    const { target } = await twoStates();
    const restore = { snapshotId: target, paths: ["gone", "page"] };
    assert.equal(await run({ crashPoint: "makeEqual:one-placed", restore }), "SIGKILL");
    await site.reopen();
    assert.equal(site.read("gone/2"), "2\n");
    assert.equal(site.read("page"), "one");
    assert.equal(site.read("moved/2"), "edited\n");
    assertTidy();
  });

  for (const abortAt of [
    "restore:before",
    "makeEqual:copied",
    "makeEqual:one-taken",
    "makeEqual:placed",
    "restore:applied",
  ]) {
    it(`of nothing, but a cancel at ${abortAt}, takes the restore back`, async () => {
      const { target, before } = await twoStates();
      const ended = await run({ crashPoint: "never", restore: { snapshotId: target, abortAt } });
      assert.match(ended, /CANCELLED|AbortError/);
      await site.reopen();
      assert.equal(treeFingerprint(site.live), before);
      assertTidy();
    });
  }

  for (const point of ["restore:back", "makeEqual:taken", "restore:taken-back"]) {
    it(`at ${point} while a cancelled restore is taken back still takes it back`, async () => {
      const { target, before } = await twoStates();
      const restore = { snapshotId: target, abortAt: "makeEqual:placed" };
      const nth = point === "makeEqual:taken" ? 2 : 1;
      assert.equal(await run({ crashPoint: point, nth, restore }), "SIGKILL");
      await site.reopen();
      assert.equal(treeFingerprint(site.live), before);
      assertTidy();
    });
  }

  it("of the recovery itself changes nothing about its end", async () => {
    const { target, wanted } = await twoStates();
    assert.equal(await run({ crashPoint: "makeEqual:taken", restore: { snapshotId: target } }), "SIGKILL");
    for (const point of ["makeEqual:copied", "makeEqual:placed", "restore:result"]) {
      assert.equal(await run({ crashPoint: point, recover: true }), "SIGKILL", point);
    }
    await site.reopen();
    assert.equal(treeFingerprint(site.live), wanted);
    assertTidy();
  });
});
