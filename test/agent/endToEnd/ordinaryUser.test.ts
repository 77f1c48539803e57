import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Health } from "../../../agent/protocol/health.ts";
import type { Pool } from "../../../agent/protocol/pool.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { OrdinaryUser } from "../../support/ordinaryUser.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

/** Every kind of entry that an ordinary user can make. */
const everything = `
  echo plain > plain; : > empty; mkdir -p linked/deep empty-folder; echo l > linked/one; ln linked/one linked/deep/two
  ln -s plain link; ln -s nowhere dangling; ln -P dangling dangling-twin; truncate -s 5M sparse; echo x >> sparse
  head -c 300000 /dev/urandom > random; mkfifo fifo; ln fifo fifo-twin
  perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("socket"))'
  printf 1 > $'not\\xff\\xfeutf8'; printf 2 > $'new\\nline'; printf 3 > -dash; long=$(printf 'n%.0s' {1..255}); mkdir $long; printf 4 > $long/$long
  printf s > setuid; chmod 6755 setuid; mkdir -m 1777 sticky; printf r > read-only; setfattr -n user.k -v v read-only; chmod 444 read-only
  mkdir closed; printf i > closed/inside; chmod 555 closed; printf a > acl; setfacl -m u:7:rw acl
  mkdir acl-folder; setfacl -d -m u:7:rwx acl-folder; printf d > acl-folder/inherited
  touch -h -d @1.000000001 link; touch -d @1234567890.123456789 plain; touch -d @-5.5 random; touch -d @77.000000077 closed .
`;

/** The steps build on each other; a failed one fails those after it. */
describe("a user without rights or helper, on a pool that root mounted", function () {
  this.timeout(120_000);
  let user: OrdinaryUser;
  let project: Project;
  let first: string;
  let kept: string;
  const see = () => treeFingerprint(project.path);

  before(async () => {
    user = await OrdinaryUser.open();
  });
  after(() => {
    user.end();
  });

  it("is told what is missing before there is a pool", async () => {
    const source = user.makeFolder("early");
    const { code, hint } = await user.error("project", "import", source);
    assert.equal(code, "POOL_NOT_FOUND");
    assert.match(hint, /sudo forkpoint setup/);
    const made = await user.error("pool", "create", "--image", user.path("home/pool.img"), "--size", "300M");
    assert.equal(made.code, "NEEDS_ROOT");
    assert.match(made.hint, /sudo forkpoint setup/);
  });

  it("adopts its folder, of which it knows the space and the errors of the disk", async () => {
    const pool = await user.json<Pool>("pool", "adopt", user.pool);
    assert.deepEqual([pool.state, pool.deviceErrors], ["mounted", 0]);
    assert.ok((pool.freeBytes ?? 0) > 0);
  });

  it("imports a folder", async () => {
    const source = user.makeFolder("shop");
    user.sh(everything, source);
    first = treeFingerprint(source);
    project = await user.json("project", "import", source);
    assert.equal(readlinkSync(source), project.path);
    assert.deepEqual(
      readdirSync(user.folder).filter((name) => name.startsWith(".")),
      [],
    );
    assert.equal(see(), first);
    kept = (await user.json<Entry>("snapshot", "shop", "--label", "as imported", "--pin")).snapshotId;
  });

  it("refuses a folder with files it may not read, and names them", async () => {
    const source = user.makeFolder("secretive");
    execFileSync(
      "bash",
      ["-ec", "echo s > secret; chmod 600 secret; mkdir -m 700 hidden; echo open > open"],
      {
        cwd: source,
      },
    );
    const { code, message } = await user.error("project", "import", source, "--copy");
    assert.equal(code, "FILES_UNREADABLE");
    assert.match(message, /hidden/);
    assert.match(message, /secret/);
    assert.deepEqual(
      (await user.json<Project[]>("project", "list")).map(({ slug }) => slug),
      ["shop"],
    );
  });

  it("imports files of others that it may read as its own, and says so in the log", async () => {
    const source = user.makeFolder("foreign");
    execFileSync("bash", ["-ec", "echo r > of-root; chmod 4755 of-root; mkdir folder"], { cwd: source });
    const imported = await user.json<Project>("project", "import", source, "--copy");
    const stat = execFileSync("stat", ["-c", "%u %a", join(imported.path, "of-root")], { encoding: "utf8" });
    assert.equal(stat.trim(), "65534 755");
    assert.match(user.log(), /belong to others/);
    await user.json("project", "delete", "foreign", "--yes");
  });

  it("makes no entry of an unchanged workspace, and says what changed", async () => {
    const same = await user.json<{ created: boolean }>("snapshot", "shop");
    assert.equal(same.created, false);
    user.sh(
      "echo more >> plain; mv random linked/moved; rm -r empty-folder; mkdir new; echo n > new/file; chmod 600 acl",
      project.path,
    );
    const { changes } = await user.json<Result<"timeline/diff">>("diff", "shop", kept);
    assert.deepEqual(
      changes.map(({ kind, path, from }) => `${kind} ${from ?? ""} ${path}`),
      [
        "metadata  acl",
        "removed  empty-folder",
        "renamed random linked/moved",
        "added  new",
        "added  new/file",
        "modified  plain",
      ],
    );
    assert.equal((await user.json<{ created: boolean }>("snapshot", "shop")).created, true);
  });

  it("restores what lies in folders that it closed to itself", async () => {
    user.sh(
      "chmod 755 closed; rm closed/inside; echo a > closed/a; echo b > closed/b; mkdir closed/deep; echo c > closed/deep/c; chmod 555 closed/deep closed",
      project.path,
    );
    await user.json("restore", "shop", kept, "--path", "closed/inside");
    assert.equal(readFileSync(join(project.path, "closed/inside"), "utf8"), "i");
    assert.equal(statSync(join(project.path, "closed")).mode & 0o777, 0o555);
    const partly = see();
    await user.json("restore", "shop", kept);
    assert.equal(see(), first);
    await user.json("undo", "shop");
    assert.equal(see(), partly);
  });

  it("restores a path, all of it, and undoes that", async () => {
    const changed = see();
    await user.json("restore", "shop", kept, "--path", "plain");
    assert.equal(readFileSync(join(project.path, "plain"), "utf8"), "plain\n");
    await user.json("undo", "shop");
    assert.equal(see(), changed);
    await user.json("restore", "shop", kept);
    assert.equal(see(), first);
    await user.json("undo", "shop");
    assert.equal(see(), changed);
  });

  it("forks, and finds and deletes a subvolume inside of a fork", async () => {
    const fork = await user.json<Project>("fork", "shop", kept, "--slug", "old");
    assert.equal(treeFingerprint(fork.path), first);
    user.sh(
      "btrfs -q subvolume create linked/inner; mkdir linked/inner/d; btrfs -q subvolume create linked/inner/d/most",
      fork.path,
    );
    const shown = await user.json<Project>("project", "show", "old");
    assert.deepEqual(shown.nestedSubvolumes, ["linked/inner", "linked/inner/d/most"]);
    await user.json("project", "delete", "old", "--yes");
  });

  it("pushes all, destroys it and pulls it back", async () => {
    await user.json("store", "set", `dir://${user.makeFolder("store")}`);
    const { pending } = await user.json<{ pending: number }>("push", "shop", "--wait");
    assert.equal(pending, 0);
    const last = see();
    const entries = await user.json<Entry[]>("timeline", "shop");
    assert.ok(entries.every(({ durability }) => durability === "durable"));
    await user.json("project", "delete", "shop", "--yes");
    const pulled = await user.json<Project>("pull", "shop");
    assert.equal(treeFingerprint(pulled.path), last);
    const again = await user.json<Project>("pull", "shop", kept, "--slug", "as-imported");
    assert.equal(treeFingerprint(again.path), first);
  });

  it("says what is lost, and what mends it", async () => {
    const { health } = await user.json<{ health: Health }>("status", "shop");
    assert.deepEqual([health.state, health.action], ["degraded", "setUpHelper"]);
    const { out } = await user.run(["doctor", "--json"]);
    const { checks } = JSON.parse(out) as Result<"agent/doctor">;
    const amiss = checks.filter(({ ok }) => !ok);
    assert.deepEqual(
      amiss.map(({ name }) => name),
      ["privileges"],
    );
    assert.match(amiss[0]?.message ?? "", /devices are left out/);
    assert.equal(amiss[0]?.remedy, "Run `sudo forkpoint setup`.");
  });
});
