import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "../../agent/protocol/pool.ts";
import type { Project } from "../../agent/protocol/project.ts";
import { processesWith } from "../../scripts/machine.mjs";
import { OrdinaryUser } from "./support/ordinaryUser.ts";
import { Started } from "./support/started.ts";

describe("npm start for an ordinary user with sudo", function () {
  this.timeout(300_000);
  let user: OrdinaryUser;
  let home: string;
  let started: Started;

  before(() => {
    user = new OrdinaryUser();
    home = join(user.home, "demo-home");
  });

  after(async () => {
    await started.end("SIGINT");
    user.end();
  });

  function start(): Started {
    const command = user.command(user.node, join(user.checkout, "scripts/start.mjs"));
    return new Started(home, { command, env: user.env });
  }

  function ask(...args: string[]): unknown {
    const [program = "", ...rest] = user.command(
      ...[user.node, join(user.checkout, "bin/forkpoint.mjs"), ...args, "--json"],
    );
    const env = { ...user.env, FORKPOINT_HOME: home, FORKPOINT_DEMO: join(home, "demo") };
    return JSON.parse(execFileSync(program, rest, { env, encoding: "utf8", cwd: "/" }));
  }

  const left = () => [
    ...processesWith(`FORKPOINT_DEMO=${join(home, "demo")}`).map(({ command }) => command),
    ...user.mounted,
  ];

  it("says that it installs the helper, and opens the editor on a project of the user's", async () => {
    started = start();
    const address = new URL(await started.address());

    assert.match(started.printed, /Only root can mount a pool/);
    assert.match(started.printed, /sudo .* setup --user/);
    const folder = address.searchParams.get("folder") ?? "";
    const [project] = ask("project", "list") as Project[];
    assert.equal(project?.path, folder);
    const [pool] = ask("pool", "status") as Pool[];
    assert.equal(pool?.path.startsWith(user.places.pools), true);
    const uid = Number(execFileSync("id", ["-u", user.name], { encoding: "utf8" }));
    assert.equal(statSync(folder).uid, uid);
    const editors = processesWith(`FORKPOINT_DEMO=${join(home, "demo")}`);
    assert.ok(editors.length > 1);
    for (const { pid } of editors) assert.equal(statSync(`/proc/${pid}`).uid, uid);
  });

  it("leaves no process, mount or loop device behind when Ctrl-C ends it", async () => {
    assert.equal(await started.end("SIGINT"), 0, started.printed);
    assert.deepEqual(left(), []);
  });

  it("finds everything again the next time, and asks for nothing", async () => {
    started = start();
    await started.address();
    assert.doesNotMatch(started.printed, /Only root|Sample|Pool|Project/);
    await started.end("SIGINT");
    assert.deepEqual(left(), []);
  });

  it("leaves a helper that the user can take back once the pool is gone", () => {
    const setup = [
      "sudo",
      "-n",
      user.node,
      join(user.checkout, "dist/cli.mjs"),
      "setup",
      "--root",
      user.root,
    ];
    const [program = "", ...rest] = user.command(...setup, "--user", user.name, "--remove", "--yes");
    const refused = () => execFileSync(program, rest, { env: user.env, encoding: "utf8", stdio: "pipe" });
    assert.throws(refused, /POOL_IN_USE/);
    assert.ok(existsSync(user.places.program));
  });
});
