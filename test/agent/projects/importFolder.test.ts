import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type LongCall, unattended } from "../../../agent/host/longCall.ts";
import type { Progress } from "../../../agent/protocol/events.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { type LoopPool, openLoopPool } from "../../support/loopPool.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";
import { type AgentHome, makeAgentHome } from "./rig/agentHome.ts";
import { runScript } from "./rig/killed.ts";
import { subvolumesOf } from "./rig/poolTree.ts";
import { openProjectRig, type ProjectRig } from "./rig/projectRig.ts";

describe("importing a folder", () => {
  let folder: AgentHome;
  let home: string;
  let sources: string;
  let source: string;
  let loop: LoopPool;
  let rig: ProjectRig;
  let poolId: string;
  beforeEach(async () => {
    folder = makeAgentHome();
    home = join(folder.path, "agent");
    sources = join(folder.path, "sources");
    source = join(sources, "My Shop");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "page.html"), "one");
    loop = openLoopPool(512);
    rig = openProjectRig(home);
    poolId = (await rig.registry.adopt(loop.path)).poolId;
  });
  afterEach(() => {
    rig.catalog.close();
    loop.close();
    folder.close();
  });

  const run = (options: { slug?: string; copy?: boolean } = {}, call: LongCall = unattended) =>
    rig.folderImport.run(
      { source, slug: options.slug, pool: rig.registry.named(poolId), copy: options.copy ?? false },
      call,
    );
  const imported = async (...args: Parameters<typeof run>) => {
    const row = rig.projects.byId(await run(...args));
    assert.ok(row);
    return row;
  };
  const firstSnapshot = (projectId: string) => {
    const entries = rig.entries.list(projectId);
    assert.deepEqual(
      entries.map((entry) => [entry.cause, entry.parentId, entry.durability]),
      [["import", null, "local"]],
    );
    return join(loop.path, ".forkpoint/snapshots", projectId, entries[0]?.snapshotId ?? "");
  };
  const assertNothingMade = (fingerprint: string) => {
    assert.deepEqual(subvolumesOf(loop.path), []);
    assert.deepEqual([rig.intents.list(), rig.projects.list()], [[], []]);
    for (const name of ["snapshots", "staging"]) {
      const own = join(loop.path, ".forkpoint", name);
      assert.deepEqual(existsSync(own) ? readdirSync(own) : [], []);
    }
    assert.deepEqual(readdirSync(sources), ["My Shop"]);
    assert.equal(treeFingerprint(source), fingerprint);
  };
  /** A call that does something once the message is reported, and keeps what was reported. */
  const onMessage = (message: string, act: (cancel: () => void) => void) => {
    const controller = new AbortController();
    const reports: Progress[] = [];
    let acted = false;
    const report = (progress: Progress) => {
      reports.push(progress);
      if (acted || progress.message !== message) return;
      acted = true;
      act(() => {
        controller.abort();
      });
    };
    return { reports, call: { signal: controller.signal, report } };
  };

  for (const copy of [false, true]) {
    it(`keeps every kind of entry, ${copy ? "leaving the source" : "with a link in the source's place"}`, async () => {
      everyKindOfEntry(source);
      const before = treeFingerprint(source);
      const project = await imported({ copy });
      assert.equal(project.slug, "my-shop");
      assert.equal(project.path, join(loop.path, "projects/my-shop"));
      assert.equal(treeFingerprint(project.path), before);
      assert.equal(treeFingerprint(firstSnapshot(project.projectId)), before);
      assert.deepEqual(readdirSync(sources), ["My Shop"]);
      if (copy) assert.equal(treeFingerprint(source), before);
      else assert.equal(readlinkSync(source), project.path);
      assert.equal(rig.links.linkOf(project.projectId), copy ? undefined : source);
      assert.deepEqual(rig.intents.list(), []);
      assert.deepEqual(readdirSync(join(loop.path, ".forkpoint/staging")), []);
    });
  }

  it("imports an empty folder, and one whose name is as long as a name can be", async () => {
    for (const name of ["empty", "n".repeat(255), "名".repeat(85)]) {
      source = join(sources, name);
      mkdirSync(source);
      const project = await imported();
      assert.deepEqual(readdirSync(project.path), []);
      assert.equal(readlinkSync(source), project.path);
    }
    assert.deepEqual(
      rig.projects.list().map((project) => project.slug),
      ["empty", "n".repeat(63), "project"],
    );
  });

  it("numbers a derived slug that is taken, and refuses one that was asked for", async () => {
    await run({ copy: true });
    assert.equal((await imported({ copy: true })).slug, "my-shop-2");
    const before = subvolumesOf(loop.path);
    for (const [slug, code] of [
      ["my-shop", "SLUG_TAKEN"],
      ["", "SLUG_INVALID"],
      ["x".repeat(64), "SLUG_INVALID"],
      ["../x", "SLUG_INVALID"],
      ["a b", "SLUG_INVALID"],
    ] as const) {
      await assert.rejects(run({ slug }), { code }, slug);
    }
    assert.deepEqual(subvolumesOf(loop.path), before);
    assert.equal(lstatSync(source).isDirectory(), true);
  });

  it("tells how far it is, with a total for the copy and for its proof", async () => {
    for (let n = 0; n < 1200; n++) writeFileSync(join(source, `file-${n}`), "");
    const { reports, call } = onMessage("never", () => undefined);
    await run({}, call);
    for (const message of ["Copying", "Proving the copy"]) {
      const last = reports.filter((each) => each.message === message).at(-1);
      assert.equal(last?.total, 1201, message);
      assert.ok(last.done >= 1000 && last.done <= 1202, `${message}: ${last.done}`);
    }
  });

  for (const message of ["Copying", "Proving the copy"]) {
    it(`makes nothing when it is cancelled while ${message.toLowerCase()}`, async () => {
      for (let n = 0; n < 1200; n++) writeFileSync(join(source, `file-${n}`), "some text");
      const before = treeFingerprint(source);
      const { call } = onMessage(message, (cancel) => {
        cancel();
      });
      await assert.rejects(run({}, call), (thrown: Error & { code?: unknown }) => {
        return thrown.code === "CANCELLED" || thrown.name === "AbortError";
      });
      assertNothingMade(before);
    });

    it(`refuses a source that changes while ${message.toLowerCase()}, with its change kept`, async () => {
      for (let n = 0; n < 1200; n++) writeFileSync(join(source, `file-${n}`), "some text");
      let after = "";
      const { call } = onMessage(message, () => {
        appendFileSync(join(source, "file-7"), " and more");
        after = treeFingerprint(source);
      });
      await assert.rejects(run({}, call), { code: "COPY_MISMATCH" });
      assertNothingMade(after);
    });
  }

  it("refuses to replace a folder that a program writes to, and names the program", async () => {
    const log = join(source, "log");
    writeFileSync(log, "");
    const before = treeFingerprint(source);
    const writer = spawn("sh", ["-c", 'exec 3>>"$0"; echo ready; read line', log], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => writer.stdout.once("data", resolve));
      await assert.rejects(run(), {
        code: "OPEN_FILES",
        details: { programs: [{ pid: writer.pid, name: "sh", paths: [log] }] },
      });
      assertNothingMade(before);
      await run({ copy: true });
    } finally {
      writer.kill("SIGKILL");
    }
  });

  it("copies a folder with a nested subvolume, but does not replace it", async () => {
    const other = openLoopPool(256);
    try {
      source = join(other.path, "site");
      await rig.btrfs.createSubvolume(source);
      await rig.btrfs.createSubvolume(join(source, "database"));
      writeFileSync(join(source, "database/rows"), "rows");
      await assert.rejects(run(), { code: "REFUSED_ROOT", message: /database/ });
      assert.deepEqual(subvolumesOf(loop.path), []);
      const project = await imported({ copy: true });
      assert.equal(readFileSync(join(project.path, "database/rows"), "utf8"), "rows");
      assert.deepEqual(await rig.btrfs.nestedSubvolumes(project.path), []);
    } finally {
      other.close();
    }
  });

  it("copies a plain folder of the pool itself into a volume", async () => {
    source = join(loop.path, "plain");
    mkdirSync(source);
    everyKindOfEntry(source);
    const before = treeFingerprint(source);
    const project = await imported();
    assert.equal(treeFingerprint(project.path), before);
    assert.equal(readlinkSync(source), project.path);
  });

  it("refuses to replace a mount point", async () => {
    const other = openLoopPool(256);
    try {
      source = other.path;
      await assert.rejects(run(), { code: "REFUSED_ROOT", message: /mount point/ });
      assert.deepEqual(subvolumesOf(loop.path), []);
    } finally {
      other.close();
    }
  });

  /** Opens everything anew, with something that happens at a point of the import. */
  const atPoint = (point: string, act: () => void) => {
    rig.catalog.close();
    rig = openProjectRig(home, (name) => {
      if (name === point) act();
    });
  };

  it("refuses a source that changes after its copy was proven, also when it stays", async () => {
    atPoint("import:proven", () => {
      appendFileSync(join(source, "page.html"), " and more");
    });
    await assert.rejects(run({ copy: true }), { code: "COPY_MISMATCH" });
    assertNothingMade(treeFingerprint(source));
    assert.equal(readFileSync(join(source, "page.html"), "utf8"), "one and more");
  });

  it("does not touch the source when a program began to write to it meanwhile", async () => {
    let pid = 0;
    const points: string[] = [];
    rig.catalog.close();
    rig = openProjectRig(home, (name) => {
      points.push(name);
      if (name !== "import:snapshot") return;
      const script = 'exec 3>>page.html; sleep 600 >/dev/null 2>&1 & echo "$!"';
      pid = Number(execFileSync("bash", ["-c", script], { cwd: source, encoding: "utf8" }));
    });
    try {
      await assert.rejects(run(), { code: "OPEN_FILES" });
      assert.equal(points.includes("import:aside"), false);
      assertNothingMade(treeFingerprint(source));
    } finally {
      if (pid > 0) process.kill(pid, "SIGKILL");
    }
  });

  it("gives the source its name back when it changes at the last moment", async () => {
    const before = treeFingerprint(source);
    atPoint("import:aside", () => {
      appendFileSync(join(sources, readdirSync(sources)[0] ?? "", "page.html"), "!");
    });
    await assert.rejects(run(), { code: "COPY_MISMATCH" });
    assert.notEqual(treeFingerprint(source), before);
    assertNothingMade(treeFingerprint(source));
  });

  const steps = [
    "intent",
    "copied",
    "proven",
    "settled",
    "snapshot",
    "aside",
    "linked",
    "registered",
    "deleted",
  ];
  for (const step of steps) {
    it(`leaves a whole project or none when it is killed at import:${step}`, async () => {
      everyKindOfEntry(source);
      const before = treeFingerprint(source);
      const script = { home, crashPoint: `import:${step}`, import: { source, poolId, copy: false } };
      assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
      assert.deepEqual(await rig.recover(), []);
      const [project] = rig.projects.list();
      assert.equal(project !== undefined, step === "registered" || step === "deleted");
      if (!project) {
        assertNothingMade(before);
        assert.equal(treeFingerprint((await imported()).path), before);
        return;
      }
      assert.equal(treeFingerprint(project.path), before);
      assert.equal(treeFingerprint(firstSnapshot(project.projectId)), before);
      assert.equal(readlinkSync(source), project.path);
      assert.deepEqual(readdirSync(sources), ["My Shop"]);
      assert.deepEqual(rig.intents.list(), []);
    });
  }

  it("undoes an import that is killed in the middle of the copy, while the copying goes on", async () => {
    execFileSync("bash", ["-c", "for n in {1..300}; do head -c 500000 /dev/urandom > $n; done"], {
      cwd: source,
    });
    const before = treeFingerprint(source);
    const script = { home, crashPoint: "", import: { source, poolId, copy: false, killAfterFiles: 200 } };
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    assert.deepEqual(await rig.recover(), []);
    assertNothingMade(before);
    await run();
  });

  it("keeps the copy of a killed import when its source is gone by then", async () => {
    const before = treeFingerprint(source);
    const script = { home, crashPoint: "import:snapshot", import: { source, poolId, copy: false } };
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    rmSync(source, { recursive: true });
    assert.deepEqual(await rig.recover(), []);
    const [project] = rig.projects.list();
    assert.equal(treeFingerprint(project?.path ?? ""), before);
    assert.deepEqual(rig.intents.list(), []);
  });

  it("keeps both when a killed import's source has a successor, until that is gone", async () => {
    const script = { home, crashPoint: "import:aside", import: { source, poolId, copy: false } };
    assert.equal(await runScript("./projectScript.ts", script), "SIGKILL");
    mkdirSync(source);
    const [problem] = await rig.recover();
    assert.match(problem?.message ?? "", /came into being/);
    assert.equal(readdirSync(sources).length, 2);
    rmdirSync(source);
    assert.deepEqual(await rig.recover(), []);
    assert.equal(readFileSync(join(source, "page.html"), "utf8"), "one");
    assert.equal(existsSync(join(loop.path, "projects/my-shop")), false);
  });
});
