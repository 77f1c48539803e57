import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOpenForWriting } from "../../../agent/volumes/openFiles.ts";

describe("files that programs hold open", () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-open-"));
    mkdirSync(join(folder, "project/deep"), { recursive: true });
    mkdirSync(join(folder, "project-other"));
    for (const name of ["project/deep/data base", "project/read", "project-other/f"]) {
      writeFileSync(join(folder, name), "content");
    }
  });
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.kill("SIGKILL")) await once(child, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  /** Runs `exec REDIRECTION; cat` in a shell whose working folder is the folder, and waits until it stands. */
  async function holdOpen(redirection: string): Promise<number> {
    const child = spawn("bash", ["-ec", `exec ${redirection}; echo ready; read`], {
      cwd: folder,
      stdio: ["pipe", "pipe", "inherit"],
    });
    running.push(child);
    await once(child.stdout, "data");
    return child.pid ?? 0;
  }
  const found = () => filesOpenForWriting(join(folder, "project"));

  it("are named with the program that writes them", async () => {
    const pid = await holdOpen("5>>'project/deep/data base'");
    assert.deepEqual(await found(), [{ pid, program: "bash", path: join(folder, "project/deep/data base") }]);
  });

  it("are found when they are open for reading and writing, once a program", async () => {
    const pid = await holdOpen("5<>project/read 6<>project/read");
    assert.deepEqual(
      (await found()).map((each) => [each.pid, each.path]),
      [[pid, join(folder, "project/read")]],
    );
  });

  it("are none when they are only read, lie elsewhere, or have no name any more", async () => {
    await holdOpen("5<project/read 6>project-other/f 7>project/gone; rm project/gone");
    assert.deepEqual(await found(), []);
  });

  it("are none once the program has ended", async () => {
    await holdOpen("5>project/read");
    const child = running.pop();
    child?.kill("SIGKILL");
    if (child) await once(child, "exit");
    assert.deepEqual(await found(), []);
  });
});
