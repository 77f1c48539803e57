import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPrograms } from "../../../../agent/projects/health/neededPrograms.ts";
import { processes } from "../../../support/processes.ts";

describe("the programs that are needed", () => {
  const { signal } = new AbortController();
  const path = process.env["PATH"];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "programs-"));
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  /** Only these programs are installed. */
  function install(...names: string[]): void {
    for (const name of names) {
      writeFileSync(join(folder, name), "#!/bin/sh\nexit 1\n");
      chmodSync(join(folder, name), 0o755);
    }
    process.env["PATH"] = folder;
  }

  it("are all installed by what npm start and npm test install", async () => {
    assert.deepEqual(await checkPrograms(processes, "root", signal), {
      name: "programs",
      ok: true,
      message: "All programs that are needed are installed.",
      remedy: null,
    });
  });

  it("are named with the packages that hold them when they are missing", async () => {
    install(..."btrfs mkfs.btrfs mount umount losetup findmnt find xargs cp rm".split(" "));

    const { ok, message, remedy } = await checkPrograms(processes, "root", signal);

    assert.equal(ok, false);
    assert.equal(message, "Some programs are missing: tar, getfattr, setfattr.");
    assert.match(remedy ?? "", /^Run `sudo apt-get install tar attr`/);
  });

  it("are not those that take root, where the agent is not", async () => {
    install(..."btrfs findmnt find xargs cp rm tar getfattr setfattr".split(" "));

    assert.equal((await checkPrograms(processes, "helper", signal)).ok, true);
    assert.equal((await checkPrograms(processes, "none", signal)).ok, true);
  });

  it("are there when they do not know the question", async () => {
    install(
      ..."btrfs mkfs.btrfs mount umount losetup findmnt find xargs cp rm tar getfattr setfattr".split(" "),
    );

    assert.equal((await checkPrograms(processes, "root", signal)).ok, true);
  });
});
