import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loopDevicesBelow, mountsBelow, processesWith } from "../../scripts/machine.mjs";
import type { Entry } from "../../agent/protocol/entry.ts";
import type { Project } from "../../agent/protocol/project.ts";
import type { Store } from "../../agent/protocol/store.ts";
import { forkpointJson } from "../support/forkpointCli.ts";
import { Started } from "./support/started.ts";

describe("npm start", function () {
  this.timeout(240_000);
  const root = realpathSync(mkdtempSync(join(tmpdir(), "start-")));
  const home = join(root, "home");
  const ask = <T>(...args: string[]) => forkpointJson(args, { home }) as Promise<T>;
  let started: Started;

  /** What of the demo runs or is mounted. */
  const left = () => [
    ...processesWith(`FORKPOINT_DEMO=${join(home, "demo")}`).map(({ command }) => command),
    ...mountsBelow(home),
    ...loopDevicesBelow(home),
  ];

  afterEach(async () => {
    await started.end("SIGINT");
  });

  after(() => {
    assert.deepEqual(left(), []);
    rmSync(root, { recursive: true });
  });

  it("opens an editor with the extension on the sample, which is a project with a store", async () => {
    started = new Started(home);
    const address = new URL(await started.address());

    const folder = address.searchParams.get("folder") ?? "";
    const page = await (await fetch(address)).text();
    assert.match(page, /vscode/i);
    const [project] = await ask<Project[]>("project", "list");
    assert.equal(project?.path, folder);
    const files = readdirSync(join(folder, "node_modules"), { recursive: true });
    assert.ok(files.length > 5000, `${files.length} files of dependencies`);
    assert.ok(existsSync(join(folder, "data", "board.sqlite")));
    const store = await ask<Store>("store", "show");
    assert.equal(store.state, "ok");
    const installed = readdirSync(join(home, "demo", "editor", "extensions"));
    assert.ok(installed.some((name) => name.startsWith("forkpoint.forkpoint-")));
  });

  it("leaves nothing behind when Ctrl-C ends it", async () => {
    started = new Started(home);
    await started.address();

    assert.equal(await started.end("SIGINT"), 0, started.printed);

    assert.deepEqual(left(), []);
  });

  it("finds everything again the next time", async () => {
    started = new Started(home);
    await started.address();

    assert.doesNotMatch(started.printed, /Sample|Pool|Project|Extension/);
    const entries = await ask<Entry[]>("timeline", "pinboard");
    assert.equal(entries.at(-1)?.cause, "import");
  });

  it("says so when it runs already, and where", async () => {
    started = new Started(home);
    const address = await started.address();
    const second = new Started(home);

    assert.equal(await second.end("SIGCONT"), 1);

    assert.match(second.printed, /It is running already/);
    assert.ok(second.printed.includes(address), second.printed);
  });

  it("puts away what a start left that was killed", async () => {
    const killed = new Started(home);
    await killed.address();
    await killed.end("SIGKILL");
    assert.notDeepEqual(left(), []);

    started = new Started(home);
    await started.address();
    await started.end("SIGINT");

    assert.deepEqual(left(), []);
  });

  it("ends cleanly when Ctrl-C comes while it still makes the project", async () => {
    rmSync(home, { recursive: true });
    started = new Started(home);
    await started.prints(/Project: /);

    assert.equal(await started.end("SIGINT"), 0, started.printed);
    assert.deepEqual(left(), []);

    started = new Started(home);
    await started.address();
    assert.equal((await ask<Project[]>("project", "list")).length, 1);
  });
});
