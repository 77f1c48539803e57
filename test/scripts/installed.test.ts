import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const module = resolve(import.meta.dirname, "../../scripts/installed.mjs");

describe("installing into the cache", () => {
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "cache-"));
  });

  afterEach(() => {
    rmSync(cache, { recursive: true, force: true });
  });

  /** Installs in a process of its own, as each script does; `body` is what makes the folder. */
  function install(body: string) {
    const script = `import { writeFileSync, readdirSync } from "node:fs";
      import { installed } from ${JSON.stringify(module)};
      const make = async (partial) => { ${body} };
      console.log(await installed({ name: "thing", title: "Thing", proof: "whole", make }));`;
    return promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
    });
  }
  const count = `writeFileSync(partial + "/made-by-" + process.pid, ""); writeFileSync(partial + "/whole", "");`;
  const thing = () => join(cache, "forkpoint", "thing");

  it("makes a folder once when two ask for it at the same time", async () => {
    await Promise.all([install(count), install(count)]);
    assert.equal(readdirSync(thing()).filter((name) => name.startsWith("made-by-")).length, 1);
  });

  it("shows nothing of an attempt that was killed, and carries it on", async () => {
    await assert.rejects(
      install(`writeFileSync(partial + "/half", ""); process.kill(process.pid, "SIGKILL");`),
    );
    assert.equal(existsSync(thing()), false);
    await install(count);
    assert.ok(readdirSync(thing()).includes("half"));
    assert.ok(readdirSync(thing()).includes("whole"));
  });

  it("replaces a folder that is not whole", async () => {
    mkdirSync(thing(), { recursive: true });
    writeFileSync(join(thing(), "rubbish"), "");
    await install(count);
    assert.equal(readdirSync(thing()).includes("rubbish"), false);
  });
});
