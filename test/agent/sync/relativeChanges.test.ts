import assert from "node:assert/strict";
import { join } from "node:path";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { RelativeScene } from "./rig/relativeScene.ts";
import { caseFolder, changes, makeChanges, makeStart } from "./rig/treeChanges.ts";

/** What the table of changes does not have. */
const moreChanges = {
  "folders that pass on an ACL and a compression get what has neither":
    "for d in acl packed; do touch $d/new; mkdir -p $d/inner; touch $d/inner/x; mkfifo $d/fifo; done; setfacl -Rb acl; setfacl -d -m u:7:rwx acl; setfattr -x btrfs.compression packed/new; setfattr -x btrfs.compression packed/inner; setfattr -x btrfs.compression packed/inner/x",
  "folders that pass on an ACL and a compression get what was elsewhere":
    "mv b/other acl; mv a/single packed; mv c/d packed",
  "attributes and an ACL are taken away":
    "setfattr -x user.gone kept/file; setfacl -b kept/file; setfacl -bk acl",
  "a capability survives that its file is written to":
    "setfattr -n security.capability -v 0x0100000202000000000000000000000000000000 c/large; printf x >> c/large",
  "a fifo becomes a device and a link another link":
    "rm a/link; mkfifo a/link; mknod b/null c 1 3; ln -sfn y b/link",
  "names that are no text change places":
    "mv a/single $'b/\\xff\\n'; mkdir $'c/\\xc3'; mv c/tail $'c/\\xc3/\\x01'",
  "a deep folder appears":
    "p=c; for i in $(seq 30); do p=$p/$(printf 'd%.0s' $(seq 60)); done; mkdir -p $p; echo in > $p/file",
};

const more = `mkdir kept; ln a/two kept/two; echo kept > kept/file; setfattr -n user.gone -v x kept/file
  setfacl -m u:7:r kept/file; mkdir acl packed; setfacl -d -m u:7:rwx acl; setfattr -n btrfs.compression -v zstd packed`;
const all = { ...changes, ...moreChanges };

describe("a snapshot is made out of an older one when", function () {
  this.timeout(120_000);
  let scene: RelativeScene;
  let was: readonly string[];
  let whole: string;
  let path: string;
  before(async () => {
    scene = await RelativeScene.open();
    const { machine } = scene;
    const project = await machine.makeProject("site");
    makeStart(project.path, Object.keys(all), more);
    await scene.keep(project);
    makeChanges(project.path, all);
    const entry = await scene.keep(project);
    was = Object.keys(all).map((_, at) => treeFingerprint(join(machine.pathOf(entry), caseFolder(at))));
    whole = await scene.forget(entry);
    ({ path } = await scene.pull(entry));
  });
  after(() => scene.close());

  for (const [at, what] of Object.keys(all).entries()) {
    it(what, () => assert.equal(treeFingerprint(join(path, caseFolder(at))), was[at]));
  }

  it("all of that happens at once", () => {
    assert.deepEqual(scene.warnings, []);
    assert.equal(treeFingerprint(path), whole);
  });
});
