import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withLock } from "../../scripts/lock.mjs";

const lockModule = resolve(import.meta.dirname, "../../scripts/lock.mjs");

describe("the lock of the installing scripts", () => {
  let folder: string;
  let file: string;
  let holder: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
    file = join(folder, "lock");
  });

  afterEach(() => {
    holder?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Another process that takes the lock and keeps it. */
  async function hold(): Promise<ChildProcess> {
    const script = `import { withLock } from ${JSON.stringify(lockModule)};
      await withLock(${JSON.stringify(file)}, () => new Promise(() => { console.log("held"); setInterval(() => {}, 1000); }));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    holder = child;
    await once(child.stdout, "data");
    return child;
  }

  it("lets one piece of work run after the other", async () => {
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((done) => setTimeout(done, 30));
      steps.push(`${name} ends`);
    };
    await Promise.all([withLock(file, work("a")), withLock(file, work("b"))]);
    const first = steps[0] === "a begins" ? ["a", "b"] : ["b", "a"];
    assert.deepEqual(
      steps,
      first.flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });

  const busy = () => new Error("It is running already.");

  it("reports a holder at once to who does not want to wait", async () => {
    await hold();
    await assert.rejects(
      withLock(file, () => Promise.resolve(), busy),
      /running already/,
    );
  });

  it("is free again when its holder is killed", async () => {
    const other = await hold();
    const mine = withLock(file, () => Promise.resolve("taken"));
    await assert.rejects(
      withLock(file, () => Promise.resolve(), busy),
      /running already/,
    );
    other.kill("SIGKILL");
    assert.equal(await mine, "taken");
  });

  it("is free again when the work has failed", async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.equal(await withLock(file, () => Promise.resolve("taken")), "taken");
  });
});
