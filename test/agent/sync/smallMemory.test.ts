import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../support/machine.ts";

/** In MiB. A tree of this size, and one comparison of all of it, would not go in together. */
const heapMib = 160;
const folders = 175;
const filesPerFolder = 1000;
/** Long names weigh more. */
const nameOf = (number: number) => `${"a-rather-long-name-".repeat(9)}${number}`;

describe("the agent's memory", function () {
  this.timeout(300_000);
  let machine: Machine;
  before(() => {
    machine = new Machine();
  });
  after(() => machine.end());

  it("does not grow with the number of files that are pushed and pulled", async () => {
    // It ends, rather than exceed it.
    const node = machine.path("small-node");
    writeFileSync(node, `#!/bin/sh\nexec '${process.execPath}' --max-old-space-size=${heapMib} "$@"\n`);
    chmodSync(node, 0o755);
    const client = await machine.connect({ ...machine.agent(), node });
    await machine.pool(1024);
    const { project } = await client.call("project/import", {
      path: machine.makeFolder("site"),
      slug: "site",
    });
    fill(project.path);
    await client.call("snapshot/create", { project: project.projectId });
    await client.call("store/set", { url: `dir://${machine.makeFolder("store")}`, encrypt: false });
    const { pending } = await client.call("sync/push", { project: project.projectId, wait: true });
    assert.equal(pending, 0);
    const pulled = await client.call("sync/pull", { project: project.projectId, slug: "again" });
    execFileSync("diff", ["--recursive", "--brief", project.path, pulled.path]);
  });
});

function fill(volume: string): void {
  const first = join(volume, "folder-0");
  mkdirSync(first);
  for (let number = 0; number < filesPerFolder; number++) {
    writeFileSync(join(first, nameOf(number)), number % 10 === 0 ? `content ${number}` : "");
  }
  for (let number = 1; number < folders; number++) {
    execFileSync("cp", ["--archive", first, join(volume, `folder-${number}`)]);
  }
}
