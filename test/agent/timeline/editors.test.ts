import assert from "node:assert/strict";
import { unattended } from "../../../agent/host/longCall.ts";
import type { EditorState } from "../../../agent/protocol/editorState.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("what windows show", () => {
  let site: TimelineFixture;
  beforeEach(async () => {
    site = await TimelineFixture.open();
  });
  afterEach(() => site.close());

  const state = (text: string | null, windowId = "one"): EditorState => ({
    ...{ windowId, folder: "", leftOut: [] },
    tabs: [
      {
        ...{ path: "page", name: "", group: 1, kind: "text", viewType: null, pinned: false, preview: false },
        ...{ active: true, focused: true, selection: [0, 0, 0, 2] },
      },
    ],
    unsaved: text === null ? [] : [{ path: "page", name: "", language: "plaintext", text }],
  });
  const show = (...states: EditorState[]) => {
    for (const each of states) site.rig.timeline.editors.set(site.projectId, each);
  };
  const kept = (snapshotId: string | undefined) =>
    site.rig.timeline
      .editorsOf(site.project, snapshotId ?? "")
      .windows.map((each) => each.state)
      .sort((a, b) => a.windowId.localeCompare(b.windowId));
  const remove = (snapshotId: string | undefined, forGood: boolean) =>
    site.rig.timeline.delete(site.project, { snapshotIds: [snapshotId ?? ""], forGood }, unattended);
  const contents = () => site.rig.catalog.get("SELECT count(*) AS amount FROM editor_contents")?.["amount"];

  it("is kept with each entry, each window by itself, and lasts", async () => {
    const [first] = site.entries();
    assert.deepEqual(kept(first?.snapshotId), []);
    show(state("draft"), state(null, "two"));
    site.write("page", "two");
    const { snapshotId } = await site.snapshot();
    show(state("later"));
    site.rig.timeline.editors.drop(site.projectId, "two");
    await site.reopen();
    assert.deepEqual(kept(snapshotId), [state("draft"), state(null, "two")]);
  });

  it("makes an entry of unsaved text when a person asks for one, and only then", async () => {
    show(state(null));
    await assert.rejects(site.snapshot(), /Nothing changed/);
    show(state("draft"));
    const timer = { cause: "timer", pin: false } as const;
    assert.equal((await site.rig.timeline.snapshot(site.project, timer, unattended)).entry, null);
    const { snapshotId } = await site.snapshot();
    assert.deepEqual(kept(snapshotId), [state("draft")]);
    await assert.rejects(site.snapshot(), /Nothing changed/);
    show(state("draft, longer"));
    await site.snapshot();
  });

  it("is in the guard of a restore before anything is replaced, and in an undo's", async () => {
    const [first] = site.entries();
    site.write("page", "two");
    const before = await site.snapshot("before");
    show(state("typed since"));
    const restored = await site.restore(first?.snapshotId ?? "");
    assert.notEqual(restored.guard?.snapshotId, before.snapshotId);
    assert.deepEqual(kept(restored.guard?.snapshotId), [state("typed since")]);
    assert.deepEqual(kept(restored.entry?.snapshotId), []);
  });

  it("goes with the entries that had it, for good only when they can be brought back no more", async () => {
    site.rig.projects.change(site.projectId, { undeleteHours: 24 });
    show(state("draft"));
    const made = [await site.snapshot("a"), await site.snapshot("b")];
    site.rig.timeline.editors.drop(site.projectId, "one");
    await site.snapshot("c");
    assert.equal(contents(), 1);
    const [a, b] = made.map(({ snapshotId }) => snapshotId);
    await remove(a, false);
    await remove(b, false);
    assert.equal(contents(), 1);
    const ids = [a ?? "", b ?? ""];
    await site.rig.timeline.undelete(site.project, { snapshotIds: ids, heads: null }, unattended);
    assert.deepEqual(kept(a), [state("draft")]);
    await remove(a, true);
    assert.deepEqual(kept(b), [state("draft")]);
    await remove(b, true);
    assert.equal(contents(), 0);
  });
});
