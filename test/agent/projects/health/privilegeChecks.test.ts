import assert from "node:assert/strict";
import { checkPrivileges } from "../../../../agent/projects/health/privilegeChecks.ts";

const none = { mode: "none", degradations: ["Devices are left out."] } as const;
const helper = { mode: "helper", degradations: [] } as const;
const absent = { installed: false, version: null };

describe("what the doctor says of the agent's rights", () => {
  it("that the helper mends the want of them", () => {
    const found = checkPrivileges(none, "1.0.0", absent);
    assert.deepEqual([found.ok, found.message], [false, "Devices are left out."]);
    assert.equal(found.remedy, "Run `sudo forkpoint setup`.");
  });

  it("that a helper is there that does not answer", () => {
    const found = checkPrivileges(none, "1.0.0", { installed: true, version: "1.0.0" });
    assert.equal(found.ok, false);
    assert.match(found.message, /^The helper is there, but does not answer this user\. Devices/);
  });

  it("that the helper is older than the agent", () => {
    const found = checkPrivileges(helper, "1.2.0", { installed: true, version: "1.1.9" });
    assert.deepEqual([found.ok, found.remedy], [true, "Run `sudo forkpoint setup`."]);
    assert.match(found.message, /older Forkpoint 1\.1\.9/);
  });

  it("nothing else of a helper that is as new, or newer", () => {
    for (const version of ["1.2.0", "1.3.0", null])
      assert.equal(checkPrivileges(helper, "1.2.0", { installed: true, version }).remedy, null);
    assert.equal(checkPrivileges({ ...helper, mode: "root" }, "1.2.0", absent).remedy, null);
  });
});
