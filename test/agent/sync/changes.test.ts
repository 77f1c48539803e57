import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLog } from "../../../agent/host/log.ts";
import { NoPrivileges } from "../../../agent/volumes/privileged/noPrivileges.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { plainKind } from "../../support/repositoryKinds.ts";
import { caseFolder, changes, makeChanges, makeStart } from "./rig/treeChanges.ts";
import { openTwoMachines, type TwoMachines } from "./rig/twoMachines.ts";
import { processes } from "../../support/processes.ts";

const ways = [new RootPrivileged(processes), new NoPrivileges(processes, silentLog)];

for (const privileged of ways)
  describe(`a change between two snapshots is pushed as such (${privileged.mode}):`, function () {
    this.timeout(120_000);
    const store = new MemoryBlobStore();
    let both: TwoMachines;
    let pushed: string;
    let pulled: string;
    before(async () => {
      both = await openTwoMachines({ here: store, there: store }, {}, plainKind, privileged);
      const { here, there } = both;
      const project = await here.makeProject("site");
      makeStart(project.path, Object.keys(changes));
      await here.snapshot(project);
      await here.push(project);
      makeChanges(project.path, changes);
      const entry = await here.snapshot(project);
      await here.push(project);
      pushed = here.pathOf(entry);
      pulled = await there.pull("site");
    });
    after(() => both.close());

    for (const [at, what] of Object.keys(changes).entries()) {
      it(what, () => {
        const [was, is] = [pushed, pulled].map((root) => treeFingerprint(join(root, caseFolder(at))));
        assert.equal(is, was);
      });
    }

    it("all of them at once", () => {
      assert.equal(treeFingerprint(pulled), treeFingerprint(pushed));
    });
  });
