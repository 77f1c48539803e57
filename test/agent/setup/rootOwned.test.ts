import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownershipProblem, putRootFile } from "../../../agent/setup/rootOwned.ts";

describe("a file of root", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "owned-")));
    file = join(folder, "file");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("is put in place whole, with its mode", async () => {
    await putRootFile(file, 0o440, Buffer.from("new"));
    assert.equal(readFileSync(file, "utf8"), "new");
    assert.equal(await ownershipProblem(file, "file", 0o440), undefined);
    assert.equal(statSync(file).uid, 0);
  });

  it("stays as it was when the new one is not accepted", async () => {
    writeFileSync(file, "old");
    const refusal = new Error("refused");
    await assert.rejects(
      putRootFile(file, 0o440, Buffer.from("new"), () => Promise.reject(refusal)),
      refusal,
    );
    assert.equal(readFileSync(file, "utf8"), "old");
    assert.ok(!existsSync(`${file}~`));
  });

  it("is not written through a link that lies in its place", async () => {
    const target = join(folder, "target");
    writeFileSync(target, "another's");
    symlinkSync(target, file);
    symlinkSync(target, `${file}~`);
    assert.match((await ownershipProblem(file, "file", 0o644)) ?? "", /is not a file/);
    await putRootFile(file, 0o644, Buffer.from("new"));
    assert.equal(readFileSync(target, "utf8"), "another's");
    assert.equal(await ownershipProblem(file, "file", 0o644), undefined);
  });

  it("does not replace a folder", async () => {
    mkdirSync(file);
    await assert.rejects(putRootFile(file, 0o644, Buffer.from("new")), { code: "SETUP_BLOCKED" });
  });
});
