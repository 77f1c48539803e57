import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { WebSocket } from "ws";
import { readEndpoint } from "../../../agent/protocol/client/readEndpoint.ts";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Pool } from "../../../agent/protocol/pool.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import { helperCommand, helperPlaces } from "../../../agent/volumes/privileged/helperPlaces.ts";
import type { TestUser } from "../../support/asUser/testUser.ts";
import { UserStage } from "../../support/asUser/userStage.ts";
import { callHelper, shellAs } from "../../support/helperCall.ts";
import { Machine } from "../../support/machine.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

/** One of those who share the computer. */
interface Resident {
  readonly user: TestUser;
  readonly machine: Machine;
  pool: Pool;
  project: Project;
}

/** The steps build on each other; a failed one fails those after it. */
describe("several users on one machine", function () {
  this.timeout(180_000);
  let stage: UserStage;
  let ann: Resident;
  let bob: Resident;
  const folder = join(tmpdir(), "several");
  const both = () => [ann, bob];
  const others = () => [[ann, bob] as const, [bob, ann] as const];

  before(async () => {
    stage = UserStage.open(folder);
    stage.view.showCheckout();
    const [one, other] = [stage.addUser("ann"), stage.addUser("bob")];
    const helper = await stage.addHelper([one, other]);
    const moveIn = (user: TestUser) => ({
      user,
      machine: new Machine(stage.person(user, "helper", helper)),
      pool: {} as Pool,
      project: {} as Project,
    });
    [ann, bob] = [moveIn(one), moveIn(other)];
  });
  after(async () => {
    for (const { machine } of both()) await machine.end();
    stage.end();
  });

  const helperOf = (caller: Resident, request: object, options?: Parameters<typeof callHelper>[3]) =>
    callHelper({ places: helperPlaces(join(folder, "helper")) }, caller.user, request, options);
  /** All that would tell who the other is or what is there. */
  const traces = ({ user, machine, pool, project }: Resident) => [
    ...[user.name, machine.folder, pool.path, pool.poolId, project.projectId, `/${user.uid}/`],
  ];
  function assertNoTrace(text: string, of: Resident): void {
    for (const trace of traces(of)) assert.ok(!text.includes(trace), `${trace} in ${text}`);
  }

  it("have agents, pools, projects of the same name and stores, all at once", async () => {
    await Promise.all(
      both().map(async (resident) => {
        const { machine, user } = resident;
        resident.pool = await machine.pool(512);
        const source = machine.makeFolder("shop");
        writeFileSync(join(source, "whose"), user.name);
        machine.give(source);
        resident.project = await machine.import(source);
        await machine.json("store", "set", `dir://${machine.makeFolder("store")}`);
        await machine.json("snapshot", "shop", "--label", `of ${user.name}`);
        await machine.json("push", "shop", "--wait");
      }),
    );
    assert.notEqual(await ann.machine.pid(), await bob.machine.pid());
    assert.equal(dirname(ann.pool.path).endsWith(`/${ann.user.uid}`), true);
    assert.notEqual(dirname(ann.pool.path), dirname(bob.pool.path));
  });

  it("see their own pools, projects and snapshots, and no trace of the others'", async () => {
    for (const [me, other] of others()) {
      const pools = await me.machine.json<Pool[]>("pool", "status");
      const projects = await me.machine.json<Project[]>("project", "list");
      const entries = await me.machine.json<Entry[]>("timeline", "shop");
      assert.deepEqual(
        [pools.map(({ path }) => path), projects.map(({ path }) => path)],
        [[me.pool.path], [me.project.path]],
      );
      assert.deepEqual(entries.map(({ label }) => label).filter(Boolean), [`of ${me.user.name}`]);
      const status = await me.machine.run(["status", "shop", "--json"]);
      const doctor = await me.machine.run(["doctor", "--json"]);
      const { stdout } = await helperOf(me, { verb: "status" });
      for (const text of [
        JSON.stringify([pools, projects, entries]),
        status.out,
        doctor.out,
        stdout.toString(),
      ])
        assertNoTrace(text, other);
    }
  });

  it("cannot reach another's pool through the helper, whose answers say nothing of it", async () => {
    const name = bob.pool.path.slice(dirname(bob.pool.path).length + 1);
    const image = bob.machine.path("pool.img");
    const before = treeFingerprint(bob.project.path);
    const unknown = await helperOf(ann, { verb: "send", name: "nobodys", snapshot: "a/b", noData: true });
    const requests = [
      { verb: "send", name, snapshot: "projects/shop", noData: true },
      { verb: "receive", name, directory: "projects" },
      { verb: "restoreOwners", name, snapshot: "projects/shop", volume: "projects/shop" },
      { verb: "grow", name, size: 2 ** 31 },
      { verb: "unmount", name },
      { verb: "mount", image, name: "mine" },
      { verb: "makePool", image },
      { verb: "forget", image },
    ];
    for (const request of requests) {
      const { code, stderr, stdout } = await helperOf(ann, request, { input: Buffer.alloc(0) });
      const said = `${request.verb}: ${code ?? "done"} ${stderr}`;
      // To unmount or forget what one does not have is no error, and does nothing.
      if (request.verb !== "forget" && request.verb !== "unmount") assert.notEqual(code, null, said);
      assert.notEqual(code, "SUDO", said);
      // What she said herself tells her nothing.
      assertNoTrace((stderr + stdout.toString()).replaceAll(dirname(image), ""), bob);
      if (request.verb === "send") assert.equal(code, unknown.code, said);
    }
    const command = helperCommand(helperPlaces(join(folder, "helper")).lib, bob.user.uid);
    assert.equal((await helperOf(ann, { verb: "status" }, { command })).code, "SUDO");
    assert.equal(treeFingerprint(bob.project.path), before);
    assert.equal((await bob.machine.json<Pool[]>("pool", "status"))[0]?.state, "mounted");
  });

  it("cannot adopt, import or make anything where another's things lie", async () => {
    const refused = [
      ["pool", "adopt", bob.pool.path],
      ["pool", "create", "--image", bob.machine.path("more.img"), "--size", "300M"],
      ["project", "import", bob.project.path, "--copy"],
      ["project", "import", bob.machine.path("shop"), "--copy"],
      ["store", "set", `dir://${bob.machine.path("store")}`],
    ];
    for (const args of refused) {
      const { code } = await ann.machine.error(...args);
      assert.notEqual(code, "INTERNAL", args.join(" "));
    }
    assert.equal((await ann.machine.json<Project[]>("project", "list")).length, 1);
    assert.equal((await ann.machine.json<Pool[]>("pool", "status")).length, 1);
  });

  it("are kept out of others' homes, tokens, pools and stores by the kernel", async () => {
    const pids = new Map<Resident, number>();
    for (const each of both()) pids.set(each, await each.machine.pid());
    for (const [me, other] of others()) {
      const closed = [
        `ls ${other.machine.home}`,
        `cat ${other.machine.home}/agent.json`,
        `cat ${other.machine.home}/catalog.sqlite`,
        `ls ${other.pool.path}`,
        `touch ${other.pool.path}/mine`,
        `cat ${other.project.path}/whose`,
        `ls ${other.machine.path("store")}`,
        `cat ${other.machine.path("pool.img")}`,
      ];
      for (const script of closed) assert.throws(() => shellAs(me.user, script), /Permission denied/, script);
      assert.throws(() => shellAs(me.user, `kill -0 ${pids.get(other)}`), /not permitted/);
    }
  });

  it("are not let in by another's agent, even with a token of their own", async () => {
    for (const [me, other] of others()) {
      const [mine, theirs] = [await readEndpoint(me.machine.home), await readEndpoint(other.machine.home)];
      assert.ok(mine && theirs);
      assert.notEqual(mine.token, theirs.token);
      assert.equal(await knock(theirs.url, { authorization: `Bearer ${mine.token}` }), 401);
      assert.equal(await knock(theirs.url, {}), 401);
    }
  });

  it("do not stop another's work with their own: one goes, the other stays", async () => {
    await ann.machine.json("project", "delete", "shop", "--yes");
    await ann.machine.json("pool", "remove");
    await ann.machine.stopAgent();
    const taken = await bob.machine.json<Entry & { created: boolean }>(
      "snapshot",
      "shop",
      "--label",
      "alone",
    );
    assert.equal(taken.created, true);
    await bob.machine.json("restore", "shop", taken.snapshotId);
    assert.deepEqual((await helperOf(ann, { verb: "status" })).code, null);
  });
});

/** The status that answers a connection with these headers; 101 is a connection. */
async function knock(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve, reject) => {
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.once("open", () => {
      socket.close();
      resolve(101);
    });
    socket.once("error", reject);
  });
}
