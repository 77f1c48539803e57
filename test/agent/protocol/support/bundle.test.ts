import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bundleName,
  contents,
  jsonFile,
  packBundle,
  type SupportFile,
  wholeText,
} from "../../../../agent/protocol/support/bundle.ts";

const at = new Date(2026, 0, 2, 3, 4).getTime();
const files: SupportFile[] = [
  jsonFile("versions.json", "versions of this system", { node: "24.9.0" }),
  { name: "agent.log", about: "the newest lines", text: "é\n".repeat(10_000) },
  { name: "empty.log", about: "nothing", text: "" },
];

describe("a support bundle", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is called by the time at which it is made", () => {
    assert.equal(bundleName(at), "forkpoint-support-2026-01-02-0304.tar.gz");
  });

  it("unpacks with tar, to one folder with a list of what is inside", () => {
    writeFileSync(join(folder, "b.tar.gz"), packBundle(files, at));
    execFileSync("tar", ["-xzf", "b.tar.gz"], { cwd: folder });
    const unpacked = join(folder, "forkpoint-support-2026-01-02-0304");
    assert.deepEqual(readdirSync(unpacked).sort(), ["README.txt", "agent.log", "empty.log", "versions.json"]);
    for (const { name, text } of files) assert.equal(readFileSync(join(unpacked, name), "utf8"), text);
    assert.equal(readFileSync(join(unpacked, "README.txt"), "utf8"), `${contents(files)}\n`);
    assert.equal(statSync(join(unpacked, "agent.log")).mtimeMs, at);
  });

  it("says that nothing is sent, and shows all that is inside", () => {
    const text = wholeText(files);
    assert.match(text, /Nothing is sent anywhere\./);
    assert.match(text, /versions\.json +versions of this system/);
    for (const file of files) assert.ok(text.includes(file.text));
  });
});
