import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../../../agent/protocol/project.ts";
import { OpenProject, withSettings } from "../support/openProject.ts";

describe("forking in the editor", () => {
  let opened: OpenProject;
  const made: Project[] = [];

  withSettings({ openForks: "never", maxSnapshots: 50 });

  before(async () => (opened = await OpenProject.open()));
  after(async () => {
    for (const { projectId } of made.toReversed())
      await opened.agent.call("project/delete", { project: projectId });
    opened.dispose();
  });

  it("forks from now: the same content, and from then on its own", async () => {
    opened.write("src/app.js", "shared\n");
    const fork = await opened.run<Project>("forkFromNow", { slug: "demo-now" });
    made.push(fork);
    assert.equal(fork.slug, "demo-now");
    assert.equal(fork.forkedFrom?.projectId, opened.project.projectId);
    const file = join(fork.path, "src/app.js");
    assert.equal(readFileSync(file, "utf8"), "shared\n");
    writeFileSync(file, "changed in the fork\n");
    assert.equal(opened.read("src/app.js"), "shared\n");
  });

  it("forks from a snapshot", async () => {
    opened.write("src/app.js", "of the snapshot\n");
    const entry = await opened.snapshot("to fork from");
    opened.write("src/app.js", "later\n");
    const fork = await opened.run<Project>("forkFromEntry", { ...entry, slug: "demo-then" });
    made.push(fork);
    assert.equal(fork.forkedFrom?.snapshotId, entry.snapshotId);
    assert.equal(readFileSync(join(fork.path, "src/app.js"), "utf8"), "of the snapshot\n");
  });

  it("makes nothing under a name that is taken", async () => {
    const { projects } = await opened.agent.call("project/list", {});
    assert.equal(await opened.run("forkFromNow", { slug: "demo-now" }), undefined);
    assert.equal((await opened.agent.call("project/list", {})).projects.length, projects.length);
  });
});
