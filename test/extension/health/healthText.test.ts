import assert from "node:assert/strict";
import { type Health, healthStates } from "../../../agent/protocol/health.ts";
import { ForkpointError } from "../../../agent/protocol/errors.ts";
import { statusLook, statusTooltip } from "../../../extension/health/healthText.ts";
import type { WindowState } from "../../../extension/project/windowState.ts";
import { aProject } from "../../support/entries.ts";

const now = Date.parse("2026-03-01T12:05:00Z");
const ready: WindowState = { kind: "ready", project: aProject() };
const health = (given: Partial<Health> = {}): Health => ({
  state: "protected",
  message: "Every snapshot is in the store.",
  action: null,
  pending: 0,
  lastPushAt: null,
  ...given,
});

describe("statusLook", () => {
  it("puts what mends it first, and once", () => {
    const look = statusLook(ready, health({ state: "unprotected", action: "setStore" }), now);
    assert.equal(look.commands[0], "forkpoint.setStore");
    const shown = statusLook(ready, health({ state: "degraded", action: "showHealth" }), now);
    assert.deepEqual(
      shown.commands.filter((command) => command === "forkpoint.showHealth"),
      ["forkpoint.showHealth"],
    );
  });

  it("offers the helper where a pool needs it, and where the agent proposes it", () => {
    const without = statusLook({ kind: "no-helper" }, undefined, now);
    assert.equal(without.commands[0], "forkpoint.setUpHelper");
    const degraded = statusLook(ready, health({ state: "degraded", action: "setUpHelper" }), now);
    assert.equal(degraded.commands[0], "forkpoint.setUpHelper");
  });

  it("offers to pause what is being copied, and to resume what is paused", () => {
    const commands = (given: Partial<Health>) => statusLook(ready, health(given), now).commands;
    assert.ok(commands({ state: "saving" }).includes("forkpoint.pausePush"));
    assert.ok(!commands({ state: "protected" }).includes("forkpoint.pausePush"));
    const paused = commands({ state: "paused", action: "resumePush" });
    assert.equal(paused[0], "forkpoint.resumePush");
    assert.ok(!paused.includes("forkpoint.pausePush"));
  });

  it("keeps colour for what needs a person", () => {
    const tones = Object.fromEntries(
      healthStates.map((state) => [state, statusLook(ready, health({ state }), now).tone]),
    );
    assert.deepEqual(tones, {
      protected: "good",
      saving: "good",
      behind: "quiet",
      offline: "warning",
      locked: "warning",
      paused: "quiet",
      unprotected: "quiet",
      "low-space": "warning",
      "read-only": "error",
      "device-errors": "error",
      degraded: "warning",
    });
  });

  it("tells what is still to copy and when it last was", () => {
    const offline = health({
      state: "offline",
      message: "The store does not answer.",
      pending: 2,
      lastPushAt: "2026-03-01T12:00:00Z",
    });
    assert.equal(
      statusLook(ready, offline, now).message,
      "The store does not answer. 2 snapshots still to copy. Last copied 5 min ago.",
    );
  });

  it("does not count twice what the message counts already", () => {
    const message = "2 snapshots of shop are not in the store yet.";
    assert.equal(statusLook(ready, health({ state: "behind", message, pending: 2 }), now).message, message);
  });

  it("offers the next step in a window that has no timeline, or no agent", () => {
    const error = new ForkpointError("AGENT_UNREACHABLE", "It ended.").toBody();
    const next = (state: WindowState) => statusLook(state, undefined, now).commands[0];
    assert.equal(next({ kind: "no-pool" }), "forkpoint.createPool");
    assert.equal(next({ kind: "no-project" }), "forkpoint.importFolder");
    assert.equal(next({ kind: "agent-stopped" }), "forkpoint.startAgent");
    assert.equal(next({ kind: "agent-failed", error }), "forkpoint.restartAgent");
    assert.equal(next({ kind: "unsupported-platform" }), "forkpoint.showLinuxHelp");
    assert.match(statusLook({ kind: "agent-failed", error }, undefined, now).message, /^It ended\. /);
  });

  it("spares people what a program wrote, and the command line", () => {
    const error = new ForkpointError("AGENT_UNREACHABLE", "It ended. It wrote:\n  at run (node:1)").toBody();
    assert.equal(
      statusLook({ kind: "agent-failed", error }, undefined, now).message,
      "It ended. Restart it, or look at the log.",
    );
  });
});

describe("statusTooltip", () => {
  it("carries the commands as links", () => {
    const look = statusLook(ready, health({ state: "unprotected", action: "setStore" }), now);
    const text = statusTooltip(look, "No store.");
    assert.match(
      text,
      /^\$\(unlock\) \*\*No safe copy\*\*\n\nNo store\.\n\n\[Set Store…\]\(command:forkpoint\.setStore\) · /,
    );
  });
});
