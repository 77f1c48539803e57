import { execFile, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { S3Client, CreateBucketCommand } from "@aws-sdk/client-s3";
import { freePort } from "./freePort.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A Ceph object store on this machine: one monitor, one OSD in memory, one S3 gateway. */
export interface CephServer {
  readonly endpoint: string;
  /** Of the user that owns the buckets. */
  readonly credentials: S3Credentials;
  /** Makes a bucket, of another owner if given; gives its name. */
  makeBucket(owner?: S3Credentials): Promise<string>;
  /** Makes a user who may do nothing in others' buckets. */
  makeUser(name: string, ...options: readonly string[]): Promise<S3Credentials>;
  /** Runs radosgw-admin. */
  admin(...args: readonly string[]): Promise<string>;
}

/** The kernel kills what is started so with this process; nothing of it outlives a killed test run. */
const withParent = ["--pdeathsig", "KILL"];
const executed = promisify(execFile);
const run = (program: string, args: readonly string[]) =>
  executed("setpriv", [...withParent, program, ...args], { timeout: 60_000 });
let shared: Promise<CephServer> | undefined;

/**
 * The server of this process, started by the first who asks. It ends with the process, however that ends:
 * its programs have asked the kernel to be killed with their parent.
 */
export function cephServer(): Promise<CephServer> {
  shared ??= start();
  return shared;
}

async function start(): Promise<CephServer> {
  const folder = mkdtempSync(join(tmpdir(), "forkpoint-ceph-"));
  const daemons: { pid: number; log: string; ended: boolean }[] = [];
  const stop = () => {
    for (const { pid, ended } of daemons) if (!ended) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", stop);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(130));
  }

  const ports = { monitor: await freePort(), oldMonitor: await freePort(), gateway: await freePort() };
  const fsid = randomUUID();
  const configuration = join(folder, "ceph.conf");
  writeFileSync(join(folder, "keyring"), "");
  writeFileSync(configuration, configurationOf(folder, fsid, ports));
  const use = ["-c", configuration];
  const command = async (program: string, ...args: readonly string[]) =>
    (await run(program, [...use, ...args])).stdout;
  const daemon = (name: string, program: string, ...args: readonly string[]) => {
    const child = spawn("setpriv", [...withParent, program, "-f", ...use, ...args], {
      stdio: "ignore",
    });
    if (child.pid === undefined) throw new Error(`${program} does not start.`);
    const state = { pid: child.pid, log: join(folder, `${name}.log`), ended: false };
    daemons.push(state);
    child.once("exit", () => (state.ended = true));
    child.unref();
  };
  const assertRunning = () => {
    for (const { ended, log } of daemons) if (ended) throw new Error(`Ceph ended: ${tail(log)}`);
  };

  const monitorMap = join(folder, "monmap");
  const addresses = `[v2:127.0.0.1:${ports.monitor},v1:127.0.0.1:${ports.oldMonitor}]`;
  await run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", addresses, monitorMap]);
  await command(
    "ceph-mon",
    "--mkfs",
    "-i",
    "a",
    "--monmap",
    monitorMap,
    "--keyring",
    join(folder, "keyring"),
  );
  daemon("mon.a", "ceph-mon", "-i", "a");
  const osd = randomUUID();
  await command("ceph", "osd", "new", osd);
  mkdirSync(join(folder, "osd.0"));
  await command("ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osd);
  daemon("osd.0", "ceph-osd", "-i", "0");
  // Debian's own Python, whose modules another one on the PATH does not have.
  await run("/usr/bin/python3", ["-c", poolMaker, configuration, ...pools]);
  const credentials = newCredentials();
  const admin = (...args: readonly string[]) => command("radosgw-admin", ...args);
  const makeUser = async (name: string, keys: S3Credentials, options: readonly string[]) => {
    const given = [`--access-key=${keys.accessKeyId}`, `--secret-key=${keys.secretAccessKey}`];
    await admin("user", "create", `--uid=${name}`, `--display-name=${name}`, ...given, ...options);
    return keys;
  };
  await makeUser("owner", credentials, []);
  const endpoint = `http://127.0.0.1:${ports.gateway}`;
  const frontend = `beast endpoint=127.0.0.1:${ports.gateway} tcp_nodelay=1`;
  daemon("client.rgw.0", "radosgw", "-n", "client.rgw.0", "--rgw-frontends", frontend);
  await answers(endpoint, assertRunning);

  return {
    endpoint,
    credentials,
    admin,
    makeUser: (name, ...options) => makeUser(name, newCredentials(), options),
    async makeBucket(owner = credentials) {
      const client = new S3Client({
        endpoint,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: owner,
      });
      const bucket = `test-${randomBytes(6).toString("hex")}`;
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
      } finally {
        client.destroy();
      }
      return bucket;
    },
  };
}

async function answers(endpoint: string, assertRunning: () => void): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    assertRunning();
    try {
      const { status } = await fetch(endpoint);
      if (status === 200) return;
    } catch {
      // Not listening yet.
    }
    await delay(100);
  }
  throw new Error("The S3 gateway does not answer.");
}

function newCredentials(): S3Credentials {
  return {
    accessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}

function tail(log: string): string {
  try {
    return readFileSync(log, "utf8").slice(-2000);
  } catch {
    return `there is no ${log}`;
  }
}

/**
 * Makes the gateway's pools with few placement groups, before it does with many. The `ceph` program cannot
 * say the confirmation that a name with a leading dot wants.
 */
const poolMaker = `
import json, rados, sys
cluster = rados.Rados(conffile=sys.argv[1])
cluster.connect()
for pool in sys.argv[2:]:
    command = {"prefix": "osd pool create", "pool": pool, "pg_num": 4, "pgp_num": 4, "yes_i_really_mean_it": True}
    status, _, message = cluster.mon_command(json.dumps(command), b"")
    if status != 0:
        sys.exit(f"{pool}: {message}")
`;

const pools = [
  ".rgw.root",
  ...["log", "control", "meta", "buckets.index", "buckets.data", "buckets.non-ec"].map(
    (name) => `default.rgw.${name}`,
  ),
];

/** Loopback only, no keys between the daemons (S3's signatures stay), everything in one folder and memory. */
function configurationOf(
  folder: string,
  fsid: string,
  ports: { monitor: number; oldMonitor: number },
): string {
  return `
[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${ports.monitor},v1:127.0.0.1:${ports.oldMonitor}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = ${folder}
admin socket = ${folder}/$name.asok
pid file = ${folder}/$name.pid
log file = ${folder}/$name.log
keyring = ${folder}/keyring
mon data = ${folder}/mon.$id
osd data = ${folder}/osd.$id
rgw data = ${folder}/rgw.$id
crash dir = ${folder}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
paxos propose interval = 0.02
paxos min wait = 0.01
[osd]
osd objectstore = memstore
memstore device bytes = 12884901888
osd memory target = 1073741824
osd class load list = *
osd class default list = *
[client]
rgw override bucket index max shards = 1
rgw dynamic resharding = false
rgw enable usage log = false
`;
}
