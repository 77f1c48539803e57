import assert from "node:assert/strict";
import { first, head, shop, shopEntries, shopFork } from "../../support/shopProject.ts";
import { ServedShop } from "./rig/servedShop.ts";
import { versions } from "./rig/timelineAnswers.ts";

describe("the command with --json", () => {
  let shell: ServedShop;
  before(async () => {
    shell = await ServedShop.start();
  });
  after(() => shell.stop());

  it("prints the protocol's entities with --json, before or after the verb", async () => {
    const json = async (line: string) => JSON.parse((await shell.run(line)).out) as unknown;
    assert.deepEqual(await json("timeline --json"), shopEntries);
    assert.deepEqual(await json("--json project list"), [shop, shopFork]);
    assert.deepEqual(await json("project show shop --json"), shop);
    assert.deepEqual(await json("snapshot --label L --json"), { ...head, created: true });
    assert.deepEqual(await json("snapshot --json"), { ...head, created: false });
    assert.deepEqual(await json("project import /x --json"), {
      ...shop,
      snapshotId: first.snapshotId,
      adopted: false,
    });
    const history = (await json("history src/server.js --json")) as { versions: object[] };
    assert.deepEqual(history.versions, versions);
    const { deleted } = (await json("history --deleted --json")) as { deleted: { path: string }[] };
    assert.deepEqual(
      deleted.map(({ path }) => path),
      ["docs/it's old.md", "node_modules/left-pad"],
    );
    const diff = (await json("diff 4aaa --json")) as { changes: object[] };
    assert.deepEqual(diff.changes[0], { path: "src/new.ts", kind: "added", type: "file", size: 1234 });
  });

  it("prints failures as JSON on stderr alone, with 1", async () => {
    const { exitCode, out, err } = await shell.run("project show nothing --json");
    assert.equal(exitCode, 1);
    assert.equal(out, "");
    const { error } = JSON.parse(err) as { error: Record<string, string> };
    assert.equal(error["code"], "PROJECT_NOT_FOUND");
    assert.equal(error["message"], "There is no project nothing.");
    assert.equal(error["hint"], "List projects with `forkpoint project list`.");
  });
});
