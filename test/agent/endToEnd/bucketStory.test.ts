import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Entry } from "../../../agent/protocol/entry.ts";
import type { Project } from "../../../agent/protocol/project.ts";
import type { Store } from "../../../agent/protocol/store.ts";
import type { Result } from "../../../agent/protocol/methods.ts";
import { type S3Credentials, cephServer } from "../../support/cephServer.ts";
import { everyKindOfEntry } from "../../support/everyKindOfEntry.ts";
import { Machine } from "../../support/machine.ts";
import { TcpProxy } from "../../support/tcpProxy.ts";
import { treeFingerprint } from "../../support/treeFingerprint.ts";

type Status = Result<"project/status">;

const environment = ({ accessKeyId, secretAccessKey }: S3Credentials) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
});

const passphrase = "Quetzalcoatl rides again";

describe("a project whose store is an encrypted bucket", function () {
  bucketStory.call(this, (machine) => {
    const file = machine.path("passphrase");
    writeFileSync(file, `${passphrase}\n`);
    return ["--passphrase-file", file];
  });
});

describe("a project whose store is a plain bucket", function () {
  bucketStory.call(this, () => ["--plain"]);
});

/**
 * The steps build on each other; a failed one fails those after it.
 * @param protection the options that set the store
 */
function bucketStory(this: Mocha.Suite, protection: (machine: Machine) => readonly string[]): void {
  this.timeout(120_000);
  const machines: Machine[] = [];
  let network: TcpProxy;
  let url: string;
  let credentials: S3Credentials;
  let here: Machine;
  let project: Project;
  const machine = (keys: S3Credentials) => {
    const made = new Machine();
    Object.assign(made.env, environment(keys));
    machines.push(made);
    return made;
  };

  before(async () => {
    const ceph = await cephServer();
    network = await TcpProxy.open(ceph.endpoint);
    credentials = ceph.credentials;
    url = `s3://${await ceph.makeBucket()}/team?endpoint=${network.endpoint}&region=us-east-1`;
    here = machine(credentials);
  });
  after(async () => {
    for (const each of machines) await each.end();
    await network.close();
  });

  it("is refused with wrong credentials, which are told to nobody", async () => {
    const wrong = { ...credentials, secretAccessKey: "hunter2hunter2" };
    const stranger = machine(wrong);
    const { code, message } = await stranger.error("store", "set", url, ...protection(stranger));
    assert.equal(code, "STORE_DENIED");
    assert.match(message, /secret key is wrong/);
    assert.doesNotMatch(message + stranger.log(), /hunter2/);
    assert.equal(await stranger.json("store", "show"), null);
  });

  it("is set and found to honour conditional writes", async () => {
    await here.pool(8192);
    const store = await here.json<Store>("store", "set", url, ...protection(here));
    assert.deepEqual([store.url, store.state, store.conditionalWrites], [url, "ok", true]);
  });

  it("gets every entry", async () => {
    const source = here.makeFolder("shop");
    everyKindOfEntry(source);
    project = await here.import(source);
    await here.json("push", "shop", "--wait");
    await assertDurable();
  });

  it("gets what was made while the network was down, once it is back", async () => {
    network.trouble = { cutAnswerAfter: 0 };
    writeFileSync(join(project.path, "offline"), randomBytes(3 << 20));
    await here.json("snapshot", "shop", "--label", "offline");
    const offline = await statusWhen(({ health }) => health.state === "offline");
    assert.equal(offline.health.pending, 1);
    assert.equal(offline.store?.state, "unreachable");
    network.trouble = null;
    await here.json("push", "shop", "--wait");
    await assertDurable();
    await statusWhen(({ health }) => health.pending === 0 && health.state !== "offline");
  });

  it("comes back elsewhere from the bucket alone", async () => {
    const last = treeFingerprint(project.path);
    const there = machine(credentials);
    await there.pool(1024);
    await there.json("store", "set", url, ...protection(there));
    const pulled = await there.json<Project>("pull", "shop");
    assert.equal(treeFingerprint(pulled.path), last);
  });

  async function assertDurable(): Promise<void> {
    for (const { durability, label } of await here.json<Entry[]>("timeline", "shop")) {
      assert.equal(durability, "durable", label ?? "");
    }
  }

  /** The first status of which that holds; the test's own limit ends a wait in vain. */
  async function statusWhen(holds: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const status = await here.json<Status>("status", "shop");
      if (holds(status)) return status;
      await pause(200);
    }
  }
}
