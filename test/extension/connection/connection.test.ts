import assert from "node:assert/strict";
import { reconnectDelay } from "../../../extension/connection/backoff.ts";
import { platformSupported, systemName, waysToLinux } from "../../../extension/connection/platform.ts";

describe("reconnectDelay", () => {
  it("doubles from half a second and stays at half a minute", () => {
    assert.deepEqual([0, 1, 2, 5, 6, 1000].map(reconnectDelay), [500, 1000, 2000, 16_000, 30_000, 30_000]);
  });
});

describe("platforms", () => {
  it("are Linux, and a way there for the others", () => {
    assert.equal(platformSupported("linux"), true);
    assert.equal(platformSupported("darwin"), false);
    assert.equal(platformSupported("win32"), false);
    assert.equal(systemName("darwin"), "macOS");
    assert.ok(waysToLinux.win32.some(({ label }) => label === "WSL"));
    assert.ok(!waysToLinux.other.some(({ label }: { label: string }) => label === "WSL"));
  });
});
