import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import type { Project } from "../../../../agent/protocol/project.ts";
import { find, importFilled, killed, sh, type Outcome } from "../../../support/cutOff.ts";

let project: Project;
killed("the deletion of a project", {
  prepare: async (client, scene) => {
    if (!(await find(client, "shop"))) ({ project } = await importFilled(client, scene));
    sh(project.path, "date +%N >> changing");
    await client.call("snapshot/create", { project: "shop" });
  },
  work: (client) => client.call("project/delete", { project: "shop" }),
  judge: async (client, scene): Promise<Outcome> => {
    rmSync(scene.machine.path("source-shop"), { recursive: true, force: true });
    const listed = (await find(client, "shop")) !== undefined;
    assert.equal(existsSync(project.path), listed);
    return listed ? "rolled back" : "complete";
  },
  points: ["deleteProject:hidden", "deleteProject:grave", "deleteProject:snapshot"],
});
