import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { forkpointHome } from "../../../agent/protocol/home.ts";
import { eventually } from "../support/eventually.ts";
import { extensionApi } from "../support/openProject.ts";

describe("an agent that cannot start", () => {
  it("says why, and offers to try again", async () => {
    const api = await extensionApi();
    const state = await eventually(
      "a window that knows",
      () => api.state.kind === "agent-failed" && api.state,
    );
    assert.equal(state.error.code, "CATALOG_DAMAGED");
    assert.equal(api.status.tone, "error");
    assert.deepEqual(api.status.commands, ["forkpoint.restartAgent", "forkpoint.showLog"]);
    assert.equal(await vscode.commands.executeCommand("forkpoint.takeSnapshot"), undefined);
  });

  it("comes back by itself once it can", async () => {
    const api = await extensionApi();
    rmSync(join(forkpointHome(process.env), "catalog.sqlite"));
    await eventually("a window without a pool", () => api.state.kind === "no-pool");
  });
});
