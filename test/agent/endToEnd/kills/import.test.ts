import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, rmSync, unlinkSync } from "node:fs";
import type { AgentClient } from "../../../../agent/protocol/client/agentClient.ts";
import { deleteIfThere, fill, find, killed, sh, type Outcome } from "../../../support/cutOff.ts";
import type { CrashScene } from "../../../support/crashScene.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";

let source: string;
let tree: string;
const prepare = async (client: AgentClient, scene: CrashScene) => {
  await deleteIfThere(client, "moved");
  source = scene.machine.path("moved");
  if (existsSync(source) && lstatSync(source).isSymbolicLink()) unlinkSync(source);
  rmSync(source, { recursive: true, force: true });
  sh(scene.machine.makeFolder("moved"), fill);
  tree = treeFingerprint(source);
};
const judge =
  (copy: boolean) =>
  async (client: AgentClient, scene: CrashScene): Promise<Outcome> => {
    assert.equal(treeFingerprint(`${source}/`), tree, "what the path leads to changed");
    const aside = execFileSync("find", [scene.machine.folder, "-maxdepth", "1", "-name", ".*forkpoint*"]);
    assert.equal(aside.toString(), "");
    const project = await find(client, "moved");
    assert.equal(lstatSync(source).isSymbolicLink(), project !== undefined && !copy);
    if (!project) return "rolled back";
    assert.equal(treeFingerprint(project.path), tree);
    return "complete";
  };

for (const copy of [false, true]) {
  killed(copy ? "an import that copies" : "an import that moves", {
    prepare,
    work: (client) => client.call("project/import", { path: source, slug: "moved", copy }),
    judge: judge(copy),
    points: ["import:intent", "import:copied", "import:proven", "import:settled", "import:snapshot"],
  });
}
