import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../agent/catalog/projects.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import { fillTimeline } from "../../support/longTimeline.ts";
import type { Machine } from "./rig/machine.ts";
import { openOneMachine, type OneMachine } from "./rig/oneMachine.ts";

const amount = 300;
const few = 10;

describe("pushing in a long timeline", function () {
  this.timeout(60_000);
  let opened: OneMachine;
  let machine: Machine;
  let project: ProjectRow;
  beforeEach(async () => {
    opened = openOneMachine();
    machine = opened.open();
    await machine.sync.setStore({ url: "memory:" }, unattended);
    project = await machine.makeProject("site");
  });
  afterEach(async () => {
    await machine.close();
    opened.close();
  });
  const snapshot = (text: string) => {
    writeFileSync(join(project.path, "file"), text);
    return machine.snapshot(project);
  };

  // All others wait for as long as the agent makes entries of rows.
  it("reads no more than a few entries at a time, however many wait", async () => {
    const base = await snapshot("one");
    await machine.push(project);
    fillTimeline(machine.catalog, amount, project.projectId);
    const entry = await snapshot("two");
    const most = mostEntriesAtOnce();
    await assert.rejects(machine.push(project), { code: "VOLUME_MISSING" });
    assert.deepEqual(
      [base, entry].map((each) => machine.durability(each)),
      ["durable", "durable"],
    );
    assert.equal(machine.sync.status(project.projectId).pending, amount);
    assert.ok(most() <= few, `${most()} entries were read at once`);
  });

  /** Counts from now on. */
  function mostEntriesAtOnce(): () => number {
    const { catalog } = machine;
    const all = catalog.all.bind(catalog);
    let most = 0;
    catalog.all = (sql, ...values) => {
      const rows = all(sql, ...values);
      if (rows[0] && "durability" in rows[0]) most = Math.max(most, rows.length);
      return rows;
    };
    return () => most;
  }
});
