import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../agent/host/clock.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import type { ActCause, ActOutcome } from "../../../agent/protocol/acts.ts";
import { automaticKept } from "../../../agent/timeline/retention.ts";
import { onlyNewest } from "../../support/onlyNewest.ts";
import { TimelineFixture } from "./rig/timelineFixture.ts";

describe("acts", () => {
  let site: TimelineFixture;
  let skewMs = 0;
  const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skewMs };
  beforeEach(async () => {
    site = await TimelineFixture.open({ clock });
  });
  afterEach(() => site.close());

  const later = () => (skewMs += 60_000);
  const begin = async (cause: ActCause, what: string, late = false) => {
    const { actId } = await site.rig.timeline.acts.begin(
      site.project,
      { cause, what, late, alone: false },
      unattended,
    );
    return actId;
  };
  const end = (actId: string, outcome: ActOutcome = "done", exitCode: number | null = 0) =>
    site.rig.timeline.acts.end(site.project, { actId, outcome, exitCode, count: true }, unattended);
  const snapshotOf = (id: string | null | undefined, name: string) =>
    readFileSync(join(site.loop.path, ".forkpoint/snapshots", site.projectId, id ?? "none", name), "utf8");
  const causes = () => site.entries().map(({ cause }) => cause);
  const staging = () => readdirSync(join(site.loop.path, ".forkpoint/staging"));

  it("takes the state before and after, and counts what lies between", async () => {
    site.write("page", "two, before");
    const act = await begin("install", "npm install left-pad");
    site.shell("mkdir -p node_modules/left-pad; head -c 5000 /dev/zero > node_modules/left-pad/index.js");
    site.shell("echo '{}' > package-lock.json; rm page; mkdir -p .git; echo x > .git/index");
    const { entry, act: done } = await end(act);
    assert.equal(entry?.cause, "install");
    assert.deepEqual(entry.act, done);
    assert.deepEqual(done?.change, {
      ...{ files: 3, added: 2, removed: 1, inDependencies: 1, inGit: 2 },
      ...{ bytes: 5000 + 3 - "two, before".length, lockfiles: ["package-lock.json"] },
    });
    assert.deepEqual([done.what, done.outcome, done.exitCode], ["npm install left-pad", "done", 0]);
    assert.equal(done.afterId, entry.snapshotId);
    assert.equal(snapshotOf(done.beforeId, "page"), "two, before");
    const before = site.entries().find(({ snapshotId }) => snapshotId === done.beforeId);
    assert.equal(before?.act?.actId, done.actId);
    assert.deepEqual(causes(), ["install", "install", "import"]);
  });

  it("links to the head instead of taking another entry that is equal to it", async () => {
    const [head] = site.entries();
    const act = await begin("git", "git checkout main");
    site.write("page", "other");
    const { act: done } = await end(act);
    assert.equal(done?.beforeId, head?.snapshotId);
    assert.deepEqual(causes(), ["git", "import"]);
  });

  it("leaves nothing of what changed nothing", async () => {
    assert.deepEqual(await end(await begin("task", "build")), { entry: null, act: null });
    assert.equal(site.entries().length, 1);
    assert.equal(site.entries()[0]?.act, null);
  });

  it("keeps the state before, though nothing changed then, when it was in no entry", async () => {
    site.write("page", "edited");
    const { entry, act } = await end(await begin("task", "lint"), "failed", 1);
    assert.equal(entry, null);
    assert.deepEqual([act?.outcome, act?.afterId, act?.change], ["failed", null, null]);
    assert.equal(snapshotOf(act?.beforeId, "page"), "edited");
  });

  it("makes one pair of what begins within another", async () => {
    const task = await begin("task", "build");
    const inner = await begin("install", "npm ci");
    site.write("a", "a");
    assert.deepEqual(await end(inner), { entry: null, act: null });
    site.write("b", "b");
    const { act } = await end(task);
    assert.deepEqual([act?.cause, act?.what, act?.change?.files], ["task", "build; npm ci", 2]);
    assert.deepEqual(causes(), ["task", "import"]);
  });

  it("makes one pair of a burst, and two of what lies apart or has other changes between", async () => {
    site.write("page", "edited");
    for (const name of ["a", "b", "c"]) {
      const act = await begin("git", `git merge ${name}`);
      site.write(name, name);
      await end(act);
    }
    const [head, before, ...rest] = site.entries();
    assert.equal(head?.act?.what, "git merge a; git merge b; git merge c");
    assert.equal(head.act.change?.files, 3);
    assert.equal(head.act.beforeId, before?.snapshotId);
    assert.deepEqual(rest.length, 1);

    site.write("page", "a person's own");
    const own = await begin("git", "git checkout -f main");
    site.write("page", "gone");
    const { act } = await end(own);
    assert.equal(snapshotOf(act?.beforeId, "page"), "a person's own");
    assert.equal(act?.change?.files, 1);

    later();
    const apart = await begin("git", "git checkout other");
    site.write("page", "other");
    assert.equal((await end(apart)).act?.what, "git checkout other");
    assert.equal(site.entries().length, 6);
  });

  it("keeps a server that runs for hours apart from what is done meanwhile", async () => {
    const server = await begin("task", "npm start");
    later();
    const merge = await begin("git", "git merge a");
    site.write("a", "a");
    assert.equal((await end(merge)).act?.what, "git merge a");
    later();
    site.write("log", "of the server");
    const { act } = await end(server);
    assert.deepEqual([act?.what, act?.change?.files], ["npm start", 2]);
  });

  it("uses the state that was kept ready for what has begun already", async () => {
    site.write("page", "saved");
    await site.rig.timeline.acts.ready(site.project, unattended);
    await site.rig.timeline.acts.ready(site.project, unattended);
    assert.equal(staging().length, 1);
    site.write("page", "checked out");
    const act = await begin("git", "git checkout main", true);
    const { act: done } = await end(act);
    assert.equal(snapshotOf(done?.beforeId, "page"), "saved");
    assert.equal(snapshotOf(done?.afterId, "page"), "checked out");
    assert.equal(done?.change?.files, 1);
    await site.rig.timeline.close();
    assert.deepEqual(staging(), []);
  });

  it("takes the head for what has begun already when nothing was kept ready since", async () => {
    await site.rig.timeline.acts.ready(site.project, unattended);
    site.write("page", "labelled");
    const { snapshotId } = await site.snapshot("mine");
    site.write("page", "checked out");
    const { act } = await end(await begin("git", "git checkout main", true));
    assert.equal(act?.beforeId, snapshotId);
  });

  it("marks the state that tests ran on, and keeps the last green one", async () => {
    site.write("page", "tested");
    await end(await begin("test", "npm test"));
    const [green] = site.entries();
    assert.equal(green?.tests, "passed");
    later();
    site.write("page", "broken");
    await end(await begin("test", "npm test"), "failed", 1);
    assert.equal(site.entries()[0]?.tests, "failed");
    later();
    await end(await begin("test", "npm test"), "unknown", null);
    assert.equal(site.entries()[0]?.tests, "failed");
    const found = site.rig.timeline.reading.list(site.project, { limit: 1, filter: { tests: "passed" } });
    assert.deepEqual(
      found.entries.map(({ snapshotId }) => snapshotId),
      [green.snapshotId],
    );
  });

  it("never pushes out what people took, and is bounded itself", async function () {
    this.timeout(120_000);
    site.rig.projects.change(site.projectId, onlyNewest(2));
    site.write("page", "mine");
    const own = await site.snapshot("mine");
    for (let nth = 0; nth < automaticKept + 3; nth++) {
      later();
      const act = await begin("git", `git merge ${nth}`);
      site.write("page", String(nth));
      await site.rig.timeline.acts.end(
        site.project,
        { actId: act, outcome: "done", exitCode: 0, count: false },
        unattended,
      );
    }
    const ids = site.entries().map(({ snapshotId }) => snapshotId);
    assert.equal(ids.length, automaticKept + 2);
    assert.ok(ids.includes(own.snapshotId));
    const oldest = site.entries().findLast(({ cause }) => cause === "git");
    assert.equal(oldest?.act?.beforeId, null, "what is gone is not named");
  });

  it("keeps the state before what goes on", async () => {
    site.rig.projects.change(site.projectId, onlyNewest(1));
    const [first] = site.entries();
    const act = await begin("debug", "server.js");
    for (const text of ["a", "b"]) {
      site.write("page", text);
      await site.snapshot(text);
    }
    assert.ok(site.entries().some(({ snapshotId }) => snapshotId === first?.snapshotId));
    const { act: done } = await end(act);
    assert.deepEqual([done?.beforeId, done?.change?.files], [first?.snapshotId, 1]);
  });

  it("never keeps a secret of a command line", async () => {
    const act = await begin("terminal", "API_TOKEN=hunter2 ./deploy --password hunter3");
    site.write("page", "x");
    assert.equal((await end(act)).act?.what, "API_TOKEN=… ./deploy --password …");
    assert.doesNotMatch(readFileSync(join(site.home, "catalog.sqlite"), "latin1"), /hunter/);
  });

  it("refuses no restore that comes while the state before is kept ready, or a snapshot is taken", async () => {
    const [first] = site.entries();
    for (const taking of [
      () => site.rig.timeline.acts.ready(site.project, unattended),
      () => site.rig.timeline.snapshot(site.project, { cause: "timer", pin: false }, unattended),
    ]) {
      site.write("page", "to be replaced");
      await Promise.all([taking(), site.restore(first?.snapshotId ?? "")]);
      assert.equal(site.read("page"), "one");
    }
  });

  it("does not hold up a restore that comes while changes are counted", async () => {
    const [first] = site.entries();
    const act = await begin("install", "npm ci");
    site.shell("mkdir many; for i in $(seq 3000); do echo $i > many/$i; done");
    await site.rig.timeline.acts.end(
      site.project,
      { actId: act, outcome: "done", exitCode: 0, count: false },
      unattended,
    );
    await site.restore(first?.snapshotId ?? "");
    await site.rig.timeline.acts.end(
      site.project,
      { actId: await begin("task", "nothing"), outcome: "done", exitCode: 0, count: true },
      unattended,
    );
    await site.rig.timeline.acts.counted();
    assert.equal(site.entries().find(({ cause }) => cause === "install")?.act?.change?.files, 3000);
  });
});
