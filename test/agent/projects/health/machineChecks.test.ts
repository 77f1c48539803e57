import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkAgent, checkMachine } from "../../../../agent/projects/health/machineChecks.ts";
import { processes } from "../../../support/processes.ts";

describe("what the doctor says of this machine", () => {
  const { signal } = new AbortController();
  const path = process.env["PATH"];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "machine-"));
    limits({ watches: "1048576", instances: "1024" });
    btrfsSays("btrfs-progs v6.2");
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(folder, { recursive: true });
  });

  function limits({ watches, instances }: { watches: string; instances: string }): void {
    const inotify = join(folder, "sys", "fs", "inotify");
    mkdirSync(inotify, { recursive: true });
    writeFileSync(join(inotify, "max_user_watches"), `${watches}\n`);
    writeFileSync(join(inotify, "max_user_instances"), `${instances}\n`);
  }

  function btrfsSays(version: string): void {
    writeFileSync(join(folder, "btrfs"), `#!/bin/sh\necho '${version}'\n`);
    chmodSync(join(folder, "btrfs"), 0o755);
    process.env["PATH"] = `${folder}:${path ?? ""}`;
  }

  const check = (kernel = "6.1.0-18-amd64") => checkMachine(processes, { kernel, proc: folder }, signal);
  const named = async (name: string, kernel?: string) =>
    (await check(kernel)).find((each) => each.name === name);

  it("is nothing where all is new and large enough", async () => {
    assert.deepEqual(
      (await check()).map(({ name, ok, remedy }) => [name, ok, remedy]),
      [
        ["kernel", true, null],
        ["btrfs-progs", true, null],
        ["file watching", true, null],
      ],
    );
  });

  it("is the same of the machine as it is", async () => {
    const found = await checkMachine(processes, { kernel: "6.1", proc: "/proc" }, signal);
    assert.deepEqual(
      found.filter(({ ok }) => !ok),
      [],
    );
  });

  it("advises a newer kernel", async () => {
    const found = await named("kernel", "5.4.0-200-generic");
    assert.equal(found?.ok, true);
    assert.match(found.remedy ?? "", /^Install a kernel of version 5\.15 or newer\.$/);
    assert.equal((await named("kernel", "5.15.0"))?.remedy, null);
    assert.equal((await named("kernel", "10.0"))?.remedy, null);
  });

  it("wants btrfs-progs that are not too old", async () => {
    btrfsSays("btrfs-progs v4.20.1");
    const found = await named("btrfs-progs");
    assert.equal(found?.ok, false);
    assert.match(found.message, /^btrfs-progs v4\.20\.1 is older/);
    assert.match(found.remedy ?? "", /version 5\.10 or newer of btrfs-progs/);
  });

  it("leaves it to the check of programs to say that btrfs is not there", async () => {
    rmSync(join(folder, "btrfs"));
    process.env["PATH"] = folder;
    assert.equal(await named("btrfs-progs"), undefined);
  });

  it("names the setting that lets the editor watch more files", async () => {
    limits({ watches: "8192", instances: "1024" });
    const found = await named("file watching");
    assert.equal(found?.ok, true);
    assert.match(found.remedy ?? "", /^Run `sudo sysctl fs\.inotify\.max_user_watches=524288`/);
    limits({ watches: "8192", instances: "16" });
    assert.match(
      (await named("file watching"))?.remedy ?? "",
      /watches=524288 fs\.inotify\.max_user_instances=/,
    );
  });

  it("is silent about watching where the system does not say", async () => {
    rmSync(join(folder, "sys"), { recursive: true });
    assert.equal(await named("file watching"), undefined);
  });

  it("says which Node opens no encrypted store", () => {
    assert.equal(checkAgent("1.0.0", "24.9.0").remedy, null);
    assert.match(checkAgent("1.0.0", "24.6.0").remedy ?? "", /Node 24\.7 or newer/);
    assert.match(checkAgent("1.0.0", "22.20.0").message, /cannot open a store with a passphrase/);
  });
});
