import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { DeferredAttributes, type LeftOut } from "../../../../agent/volumes/walking/deferredAttributes.ts";
import { OpenedUp } from "../../../../agent/volumes/walking/openedUp.ts";
import { ReceivedPaths } from "../../../../agent/volumes/walking/receivedPaths.ts";
import { processes } from "../../../support/processes.ts";

describe("what is opened up for a stream", () => {
  let folder: string;
  let opened: OpenedUp;
  const { signal } = new AbortController();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "forkpoint-opened-"));
    for (const name of ["root", "root/inside", "outside", "outside/closed"]) mkdirSync(join(folder, name));
    const root = join(folder, "root");
    for (const file of ["root/inside/file", "outside/file", "outside/closed/file"]) {
      writeFileSync(join(folder, file), file);
      chmodSync(join(folder, file), 0o400);
    }
    chmodSync(join(folder, "outside/closed"), 0o500);
    chmodSync(join(folder, "outside"), 0o755);
    symlinkSync("../outside", join(root, "away"));
    symlinkSync("../outside/file", join(root, "to-file"));
    symlinkSync(join(folder, "outside/closed"), join(root, "inside/absolute"));
    symlinkSync(".", join(root, "loop"));
    const leftOut: LeftOut = { owners: 0, special: 0, attributes: 0 };
    const paths = new ReceivedPaths(root);
    const attributes = new DeferredAttributes({ processes, root, paths, leftOut, signal });
    opened = new OpenedUp(root, attributes);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o7777;
  const path = (text: string) => Buffer.from(text, "latin1");
  const write = (name: string): StreamCommand => ({
    kind: "write",
    path: path(name),
    offset: 0,
    data: Buffer.from("x"),
  });
  const assertOutsideIsAsItWas = () => {
    assert.equal(modeOf("outside"), 0o755);
    assert.equal(modeOf("outside/file"), 0o400);
    assert.equal(modeOf("outside/closed"), 0o500);
    assert.equal(modeOf("outside/closed/file"), 0o400);
  };

  it("is a file that is written to, and the folders on the way", () => {
    chmodSync(join(folder, "root/inside"), 0o500);
    assert.equal(opened.openFor(write("inside/file")), true);
    assert.equal(modeOf("root/inside"), 0o700);
    assert.equal(modeOf("root/inside/file"), 0o700);
    assert.equal(opened.openFor(write("inside/file")), false);
  });

  it("is no file that is only moved, and loses no bit that it had", () => {
    chmodSync(join(folder, "root/inside"), 0o2055);
    assert.equal(opened.openFor({ kind: "rename", path: path("inside/file"), to: path("file") }), true);
    assert.equal(modeOf("root/inside"), 0o2755);
    assert.equal(modeOf("root/inside/file"), 0o400);
  });

  for (const name of [
    "away/file",
    "away/closed/file",
    "away/closed",
    "to-file",
    "inside/absolute/file",
    "inside/absolute",
    "loop/away/file",
    "../outside/file",
    "inside/../../outside/file",
    "./away/file",
    "inside//file/../../away/file",
    "/outside/file",
    "missing/../away/file",
  ]) {
    it(`is nothing outside: ${name}`, () => {
      for (const command of [
        write(name),
        { kind: "unlink", path: path(name) },
        { kind: "rename", path: path("inside/file"), to: path(name) },
        { kind: "link", path: path("inside/again"), target: path(name) },
      ] satisfies StreamCommand[]) {
        opened.openFor(command);
        assertOutsideIsAsItWas();
      }
    });
  }
});
