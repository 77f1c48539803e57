import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { unattended } from "../../../../agent/host/longCall.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { Processes } from "../../../../agent/host/processes.ts";
import { PoolDevice } from "../../../../agent/volumes/poolDevice.ts";
import { choosePrivileged } from "../../../../agent/volumes/privileged/choosePrivileged.ts";
import type { StreamCommand } from "../../../../agent/volumes/sendStream/commands.ts";
import { each } from "../../../support/each.ts";
import { bytes, file, subvol } from "./streams.ts";

/** What the agent does through the seam, in a process of an ordinary user. Prints what was measured. */
const processes = new Processes();
const privileged = await choosePrivileged(processes, process.env, silentLog);
assert.equal(privileged.mode, "helper");
const { signal } = new AbortController();
const device = new PoolDevice(processes, privileged);
const mount = join(privileged.mountsFolder ?? "", "agents");
const image = join(process.cwd(), "agents.img");
const size = 400 * 2 ** 20;

await assert.rejects(device.create({ image, size, mount: join(process.cwd(), "elsewhere") }, unattended), {
  code: "MOUNT_REFUSED",
});
assert.equal(existsSync(image), false);
await device.create({ image, size, mount }, unattended);
const space = await device.space(mount);
assert.deepEqual([space.totalBytes, space.deviceErrors, space.readOnly], [size, 0, false]);

const shell = (script: string) => execFileSync("bash", ["-ec", script], { cwd: mount, stdio: "pipe" });
shell(
  "mkdir in; btrfs subvolume create v; echo 1 > v/a; btrfs subvolume snapshot -r v s1; echo 2 > v/b; btrfs subvolume snapshot -r v s2",
);
const sent = privileged.send(join(mount, "s2"), { parent: join(mount, "s1"), noData: true }, signal);
assert.ok((await buffer(sent)).includes("b"));
await assert.rejects(buffer(privileged.send(join(mount, "none"), {}, signal)), { code: "PATH_NOT_FOUND" });
await assert.rejects(buffer(privileged.send(join(mount, "s2"), {}, AbortSignal.abort())));
// A reader that wants no more.
for await (const chunk of privileged.send(join(mount, "s2"), {}, signal)) if (chunk.length > 0) break;

const commands: StreamCommand[] = [
  subvol(),
  ...file("suid"),
  { kind: "chmod", path: bytes("suid"), mode: 0o6755 },
  { kind: "setXattr", path: bytes("suid"), name: bytes("security.capability"), data: bytes("x") },
  { kind: "mknod", path: bytes("dev"), inode: 301, rdev: 0x103n, mode: 0o20666 },
  { kind: "chown", path: bytes("dev"), uid: 0, gid: 0 },
  { kind: "link", path: bytes("twin"), target: bytes("dev") },
  { kind: "chmod", path: bytes("twin"), mode: 0o666 },
  { kind: "mkdir", path: bytes("d"), inode: 302 },
  { kind: "chmod", path: bytes("d"), mode: 0o2755 },
  { kind: "chown", path: bytes("suid"), uid: 7, gid: 8 },
  { kind: "end" },
];
await privileged.receive(join(mount, "in"), each(commands), signal);
const got = join(mount, "in/got");
assert.equal(statSync(join(got, "suid")).mode & 0o7777, 0o755);
assert.equal(statSync(join(got, "suid")).uid, 7);
assert.equal(statSync(join(got, "d")).mode & 0o7777, 0o2755);
assert.equal(lstatSync(join(got, "dev"), { throwIfNoEntry: false }), undefined);
assert.equal(lstatSync(join(got, "twin"), { throwIfNoEntry: false }), undefined);

const failing = async function* () {
  yield* each(commands.slice(0, 3));
  throw new Error("the source failed");
};
await assert.rejects(privileged.receive(join(mount, "in"), failing(), signal), /the source failed/);
const escaping: StreamCommand[] = [subvol(), ...file("../out"), { kind: "end" }];
await assert.rejects(privileged.receive(join(mount, "in"), each(escaping), signal), {
  code: "STREAM_REFUSED",
});

shell("btrfs subvolume snapshot in/got live; mkdir x; cp live/suid x/copy; mv x/copy live/suid");
await privileged.restoreOwners(
  { snapshot: got, volume: join(mount, "live"), paths: [bytes("suid")] },
  signal,
);
assert.equal(statSync(join(mount, "live/suid")).uid, 7);

await device.grow({ image, mount }, 500 * 2 ** 20);
assert.equal((await device.space(mount)).totalBytes, 500 * 2 ** 20);

const times: number[] = [];
for (let at = 0; at < 20; at++) {
  const began = performance.now();
  await buffer(privileged.send(join(mount, "s2"), { parent: join(mount, "s1"), noData: true }, signal));
  times.push(performance.now() - began);
  if (process.env["PAUSE"]) await new Promise((resolve) => setTimeout(resolve, 400));
}
times.sort((one, other) => one - other);
await device.release({ image, mount });
assert.equal(statSync(image).uid, process.getuid?.());
mkdirSync(join(process.cwd(), "done"));
console.log(JSON.stringify({ medianMilliseconds: times[10] }));
