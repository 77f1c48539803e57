import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { silentLog } from "../../../agent/host/log.ts";
import { Processes } from "../../../agent/host/processes.ts";
import { NoPrivileges } from "../../../agent/volumes/privileged/noPrivileges.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { plainKind } from "../../support/repositoryKinds.ts";
import { changes, start } from "./rig/treeChanges.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";

const processes = new Processes();
const ways = [new RootPrivileged(processes), new NoPrivileges(processes, silentLog)];

for (const privileged of ways)
  describe(`a change between two snapshots is pushed as such (${privileged.mode}):`, function () {
    this.timeout(60_000);
    const store = new MemoryBlobStore();
    let both: TwoMachines;
    before(async () => {
      both = await openTwoMachines({ here: store, there: store }, {}, plainKind, privileged);
    });
    after(() => both.close());

    let number = 0;
    for (const [what, script] of Object.entries(changes)) {
      it(what, async () => {
        const { here, there } = both;
        const slug = `site-${++number}`;
        const project = await here.makeProject(slug);
        const run = (commands: string) => execFileSync("bash", ["-ec", commands], { cwd: project.path });
        run(start);
        await here.snapshot(project);
        await here.push(project);
        run(script);
        const entry = await here.snapshot(project);
        await here.push(project);
        const pulled = await there.pull(slug);
        assert.equal(treeFingerprint(pulled), treeFingerprint(here.pathOf(entry)));
      });
    }
  });
