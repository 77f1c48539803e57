import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Project } from "../../../agent/protocol/project.ts";
import { Machine } from "../../support/machine.ts";

/** What must be nowhere in a bundle, wherever it was seen. */
const secrets = {
  accessKey: "AKIAQWERTYUIOPASDFGH",
  secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  token: "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
  passphrase: "Quetzalcoatl rides again",
  password: "hunter2hunter2",
};
const names = {
  slug: "zanzibar",
  label: "before the Ocelot launch",
  note: "Marmaduke asked for it",
  file: "salaries of the board.txt",
  folder: "Project Nightingale",
  below: "heron.ts",
  store: "cellar-of-the-bank",
  user: "s3user",
};

describe("a support bundle of an agent that has seen secrets", function () {
  this.timeout(120_000);
  let here: Machine;
  let project: Project & { snapshotId: string };

  before(async () => {
    here = new Machine();
    Object.assign(here.env, {
      AWS_ACCESS_KEY_ID: secrets.accessKey,
      AWS_SECRET_ACCESS_KEY: secrets.secretKey,
      GITHUB_TOKEN: secrets.token,
    });
    await here.pool(1024);
    const source = here.makeFolder("source");
    mkdirSync(join(source, names.folder));
    writeFileSync(join(source, names.file), "1");
    writeFileSync(join(source, names.folder, names.below), "1");
    here.give(source);
    project = await here.import(source, "--slug", names.slug);
    writeFileSync(here.path("passphrase"), secrets.passphrase);
    here.give(here.path("passphrase"));
    const url = `dir://${here.makeFolder(names.store)}`;
    await here.json("store", "set", url, "--encrypt", "--passphrase-file", here.path("passphrase"));
    writeFileSync(join(project.path, names.file), "2");
    await here.json("snapshot", names.slug, "--label", names.label, "--note", names.note);
    const command = [
      "sh",
      "-c",
      `echo ${secrets.password} > '${names.file}'`,
      `--password=${secrets.password}`,
    ];
    await here.run(["run", "--", ...command], project.path);
    await here.json("restore", names.slug, project.snapshotId, "--yes");
    const told = [
      JSON.stringify({
        time: "2026-01-01T00:00:00Z",
        level: "error",
        message: `no ${join(project.path, names.file)}`,
      }),
      JSON.stringify({
        level: "warn",
        url: `https://${names.user}:${secrets.password}@h.example/${names.store}`,
      }),
      JSON.stringify({
        level: "warn",
        message: `vim writes to ${names.folder}/${names.below}`,
        path: project.path,
      }),
      JSON.stringify({ level: "warn", message: `Authorization: Bearer ${secrets.token}` }),
      `Error: EACCES, open '${join(project.path, names.folder, names.below)}' with ${secrets.secretKey}`,
    ];
    appendFileSync(join(here.home, "logs", "agent.log"), `${told.join("\n")}\n`);
  });
  after(() => here.end());

  const unpacked = async (name: string) => {
    const file = here.path(`${name}.tar.gz`);
    const ran = await here.run(["support", file]);
    assert.equal(ran.exitCode, 0, ran.err);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const folder = here.makeFolder(name);
    execFileSync("tar", ["-xzf", file, "--strip-components=1"], { cwd: folder });
    const files = new Map(
      readdirSync(folder).map((each) => [each, readFileSync(join(folder, each), "utf8")]),
    );
    return { printed: ran.out, files };
  };

  function assertNothingPrivate(files: ReadonlyMap<string, string>): void {
    const everywhere = [
      ...Object.values(secrets),
      ...Object.values(names),
      here.home,
      here.folder,
      hostname(),
    ];
    for (const [file, text] of files)
      for (const word of everywhere)
        assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${file} holds ${word}:\n${text}`);
  }

  it("holds what helps", async () => {
    const { files, printed } = await unpacked("asked");
    assert.deepEqual([...files.keys()].sort(), [
      "README.txt",
      "agent.log",
      "catalog.json",
      "doctor.json",
      "health.json",
      "operations.json",
      "versions.json",
    ]);
    const json = (name: string) => JSON.parse(files.get(name) ?? "") as unknown;
    const { forkpoint, node } = json("versions.json") as Record<string, string>;
    assert.ok(forkpoint && node === process.versions.node);
    const checks = json("doctor.json") as { name: string }[];
    assert.ok(checks.some(({ name }) => name === "programs"));
    const { store, pools } = json("health.json") as {
      store: { encrypted: boolean };
      pools: { state: string }[];
    };
    assert.deepEqual([store.encrypted, pools[0]?.state], [true, "mounted"]);
    const { projects, check } = json("catalog.json") as { projects: { entries: number }[]; check: string };
    assert.ok((projects[0]?.entries ?? 0) >= 3);
    assert.equal(check, "ok");
    const operations = json("operations.json") as { kind: string }[];
    assert.ok(operations.some(({ kind }) => kind === "restore"));
    assert.match(files.get("agent.log") ?? "", /"client named itself"/);
    assert.match(printed, /Nothing is sent anywhere\./);
  });

  it("holds nothing that is private", async () => {
    assertNothingPrivate((await unpacked("private")).files);
  });

  it("is made without an agent, too, and says why there is none", async () => {
    await here.stopAgent();
    writeFileSync(join(here.home, "catalog.sqlite"), `This is no catalog of ${names.slug}.`.repeat(100));
    const { files } = await unpacked("alone");
    assert.match(files.get("agent.json") ?? "", /"code": "(CATALOG_DAMAGED|AGENT_UNREACHABLE)"/);
    assert.match(files.get("agent.log") ?? "", /"client named itself"/);
    for (const word of Object.values(secrets))
      for (const [file, text] of files) assert.ok(!text.includes(word), `${file} holds ${word}`);
    for (const word of [here.home, hostname(), names.file, names.below])
      for (const [file, text] of files) assert.ok(!text.includes(word), `${file} holds ${word}:\n${text}`);
  });

  it("takes the place of nothing", async () => {
    const ran = await here.run(["support", here.path("asked.tar.gz")]);
    assert.equal(ran.exitCode, 2);
    assert.match(ran.err, /There is something at/);
  });
});
