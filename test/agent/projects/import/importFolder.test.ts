import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../../../agent/protocol/events.ts";
import { everyKindOfEntry } from "../../../support/everyKindOfEntry.ts";
import { openLoopPool } from "../../../support/loopPool.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { ImportScene } from "../rig/importScene.ts";
import { subvolumesOf } from "../rig/poolTree.ts";

describe("importing a folder", () => {
  let scene: ImportScene;
  beforeEach(async () => {
    scene = await ImportScene.open();
  });
  afterEach(() => {
    scene.close();
  });

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
      everyKindOfEntry(scene.source);
      const before = treeFingerprint(scene.source);
      const project = await scene.import({ copy });
      assert.equal(project.slug, "my-shop");
      assert.equal(project.path, join(scene.loop.path, "projects/my-shop"));
      assert.equal(treeFingerprint(project.path), before);
      assert.equal(treeFingerprint(scene.firstSnapshot(project)), before);
      assert.deepEqual(readdirSync(scene.sources), ["My Shop"]);
      if (copy) assert.equal(treeFingerprint(scene.source), before);
      else assert.equal(readlinkSync(scene.source), project.path);
      assert.equal(scene.rig.links.linkOf(project.projectId), copy ? undefined : scene.source);
      assert.deepEqual(scene.rig.intents.list(), []);
      assert.deepEqual(readdirSync(join(scene.loop.path, ".forkpoint/staging")), []);
    });
  }

  it("imports an empty folder, and one whose name is as long as a name can be", async () => {
    for (const name of ["empty", "n".repeat(255), "名".repeat(85)]) {
      scene.source = join(scene.sources, name);
      mkdirSync(scene.source);
      const project = await scene.import();
      assert.deepEqual(readdirSync(project.path), []);
      assert.equal(readlinkSync(scene.source), project.path);
    }
    assert.deepEqual(
      scene.rig.projects.list().map((project) => project.slug),
      ["empty", "n".repeat(63), "project"],
    );
  });

  it("numbers a derived slug that is taken, and refuses one that was asked for", async () => {
    await scene.import({ copy: true });
    assert.equal((await scene.import({ copy: true })).slug, "my-shop-2");
    const before = subvolumesOf(scene.loop.path);
    for (const [slug, code] of [
      ["my-shop", "SLUG_TAKEN"],
      ["", "SLUG_INVALID"],
      ["x".repeat(64), "SLUG_INVALID"],
      ["../x", "SLUG_INVALID"],
      ["a b", "SLUG_INVALID"],
    ] as const) {
      await assert.rejects(scene.import({ slug }), { code }, slug);
    }
    assert.deepEqual(subvolumesOf(scene.loop.path), before);
    assert.equal(lstatSync(scene.source).isDirectory(), true);
  });

  it("tells how far it is, with a total for the copy and for its proof", async () => {
    for (let n = 0; n < 1200; n++) writeFileSync(join(scene.source, `file-${n}`), "");
    const { reports, call } = onMessage("never", () => undefined);
    await scene.import({}, call);
    for (const message of ["Copying", "Proving the copy"]) {
      const last = reports.filter((each) => each.message === message).at(-1);
      assert.equal(last?.total, 1201, message);
      assert.ok(last.done >= 1000 && last.done <= 1202, `${message}: ${last.done}`);
    }
  });

  for (const message of ["Copying", "Proving the copy"]) {
    it(`makes nothing when it is cancelled while ${message.toLowerCase()}`, async () => {
      for (let n = 0; n < 1200; n++) writeFileSync(join(scene.source, `file-${n}`), "some text");
      const before = treeFingerprint(scene.source);
      const { call } = onMessage(message, (cancel) => {
        cancel();
      });
      await assert.rejects(scene.import({}, call), (thrown: Error & { code?: unknown }) => {
        return thrown.code === "CANCELLED" || thrown.name === "AbortError";
      });
      scene.assertNothingMade(before);
    });

    it(`refuses a source that changes while ${message.toLowerCase()}, with its change kept`, async () => {
      for (let n = 0; n < 1200; n++) writeFileSync(join(scene.source, `file-${n}`), "some text");
      let after = "";
      const { call } = onMessage(message, () => {
        appendFileSync(join(scene.source, "file-7"), " and more");
        after = treeFingerprint(scene.source);
      });
      await assert.rejects(scene.import({}, call), { code: "COPY_MISMATCH" });
      scene.assertNothingMade(after);
    });
  }

  it("refuses to replace a folder that a program writes to, and names the program", async () => {
    const log = join(scene.source, "log");
    writeFileSync(log, "");
    const before = treeFingerprint(scene.source);
    const writer = spawn("bash", ["-c", 'exec 3>>"$0"; echo ready; read line', log], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => writer.stdout.once("data", resolve));
      await assert.rejects(scene.import(), {
        code: "OPEN_FILES",
        details: { programs: [{ pid: writer.pid, name: "bash", paths: [log] }] },
      });
      scene.assertNothingMade(before);
      await scene.import({ copy: true });
    } finally {
      writer.kill("SIGKILL");
    }
  });

  it("copies a folder with a nested subvolume, but does not replace it", async () => {
    const other = openLoopPool(256);
    try {
      scene.source = join(other.path, "site");
      await scene.rig.btrfs.createSubvolume(scene.source);
      await scene.rig.btrfs.createSubvolume(join(scene.source, "database"));
      writeFileSync(join(scene.source, "database/rows"), "rows");
      await assert.rejects(scene.import(), { code: "REFUSED_ROOT", message: /database/ });
      assert.deepEqual(subvolumesOf(scene.loop.path), []);
      const project = await scene.import({ copy: true });
      assert.equal(readFileSync(join(project.path, "database/rows"), "utf8"), "rows");
      assert.deepEqual(await scene.rig.btrfs.nestedSubvolumes(project.path), []);
    } finally {
      other.close();
    }
  });

  it("copies a plain folder of the pool itself into a volume", async () => {
    scene.source = join(scene.loop.path, "plain");
    mkdirSync(scene.source);
    everyKindOfEntry(scene.source);
    const before = treeFingerprint(scene.source);
    const project = await scene.import();
    assert.equal(treeFingerprint(project.path), before);
    assert.equal(readlinkSync(scene.source), project.path);
  });

  it("refuses to replace a mount point", async () => {
    const other = openLoopPool(256);
    try {
      scene.source = other.path;
      await assert.rejects(scene.import(), { code: "REFUSED_ROOT", message: /mount point/ });
      assert.deepEqual(subvolumesOf(scene.loop.path), []);
    } finally {
      other.close();
    }
  });

  it("refuses a source that changes after its copy was proven, also when it stays", async () => {
    scene.reopen((name) => {
      if (name !== "import:proven") return;
      appendFileSync(join(scene.source, "page.html"), " and more");
    });
    await assert.rejects(scene.import({ copy: true }), { code: "COPY_MISMATCH" });
    scene.assertNothingMade(treeFingerprint(scene.source));
    assert.equal(readFileSync(join(scene.source, "page.html"), "utf8"), "one and more");
  });

  it("does not touch the source when a program began to write to it meanwhile", async () => {
    let pid = 0;
    const points: string[] = [];
    scene.reopen((name) => {
      points.push(name);
      if (name !== "import:snapshot") return;
      const script = 'exec 3>>page.html; sleep 600 >/dev/null 2>&1 & echo "$!"';
      pid = Number(execFileSync("bash", ["-c", script], { cwd: scene.source, encoding: "utf8" }));
    });
    try {
      await assert.rejects(scene.import(), { code: "OPEN_FILES" });
      assert.equal(points.includes("import:aside"), false);
      scene.assertNothingMade(treeFingerprint(scene.source));
    } finally {
      if (pid > 0) process.kill(pid, "SIGKILL");
    }
  });

  it("gives the source its name back when it changes at the last moment", async () => {
    const before = treeFingerprint(scene.source);
    scene.reopen((name) => {
      if (name !== "import:aside") return;
      appendFileSync(join(scene.sources, readdirSync(scene.sources)[0] ?? "", "page.html"), "!");
    });
    await assert.rejects(scene.import(), { code: "COPY_MISMATCH" });
    assert.notEqual(treeFingerprint(scene.source), before);
    scene.assertNothingMade(treeFingerprint(scene.source));
  });
});
