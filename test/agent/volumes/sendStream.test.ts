import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Btrfs } from "../../../agent/volumes/btrfs.ts";
import { RootPrivileged } from "../../../agent/volumes/privileged/rootPrivileged.ts";
import type { StreamCommand } from "../../../agent/volumes/sendStream/commands.ts";
import { readSendStream } from "../../../agent/volumes/sendStream/reader.ts";
import { encodeSendStream } from "../../../agent/volumes/sendStream/writer.ts";
import { openLoopPool, type LoopPool } from "../../support/loopPool.ts";
import { isReadOnly } from "../../support/isReadOnly.ts";
import { processes } from "../../support/processes.ts";

const { signal } = new AbortController();

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("send stream", () => {
  let pool: LoopPool;
  let bytes: Buffer;
  const btrfs = new Btrfs(processes);
  const privileged = new RootPrivileged(processes);

  before(async () => {
    pool = openLoopPool(512);
    const live = join(pool.path, "live");
    await btrfs.createSubvolume(live);
    execFileSync(
      "sh",
      [
        "-ec",
        `mkdir d; echo hello > d/f; ln d/f d/hard; ln -s nowhere d/link; mkfifo p; mknod dev c 1 3
         setfattr -n user.note -v text d/f; dd if=/dev/urandom of=big bs=1k count=300 status=none
         truncate -s 10M sparse; chmod 4755 big; chown 1234:4321 d/f; touch -d @1.000000007 d`,
      ],
      { cwd: live },
    );
    await btrfs.snapshot(live, join(pool.path, "snap"), { readOnly: true });
    bytes = Buffer.concat(await collect(privileged.send(join(pool.path, "snap"), {}, signal)));
  });
  after(() => {
    pool.close();
  });

  it("is written byte for byte as btrfs wrote it, however it is cut", async () => {
    for (const size of [61, 4096, bytes.length]) {
      const commands = await collect(readSendStream(pieces(bytes, size)));
      assert.ok(Buffer.concat(await collect(encodeSendStream(commands))).equals(bytes), `pieces of ${size}`);
    }
  });

  it("is accepted by btrfs receive, which makes the same tree", async () => {
    const renamed = async function* (): AsyncGenerator<StreamCommand> {
      for await (const command of readSendStream(pieces(bytes, 65536))) {
        yield command.kind === "subvol" ? { ...command, path: Buffer.from("copy") } : command;
      }
    };
    await privileged.receive(pool.path, renamed(), signal);
    const list = (folder: string) =>
      execFileSync(
        "sh",
        ["-ec", "find . -printf '%p %y %m %U:%G %s %T@ %l\\n' | sort; getfattr -R -P -h -d ."],
        {
          cwd: join(pool.path, folder),
          encoding: "utf8",
        },
      );
    assert.equal(list("copy"), list("snap"));
    assert.equal(isReadOnly(join(pool.path, "copy")), true);
  });

  it("is refused when a bit is flipped or the end is missing", async () => {
    for (const at of [3, 14, 20, 40, Math.floor(bytes.length / 2), bytes.length - 5]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      await assert.rejects(collect(readSendStream(pieces(damaged, 65536))), { code: "STREAM_INVALID" });
    }
    for (const length of [0, 5, 16, 17, 100, bytes.length - 1]) {
      await assert.rejects(collect(readSendStream(pieces(bytes.subarray(0, length), 65536))), {
        code: "STREAM_INVALID",
      });
    }
  });

  it("reports a receive that fails", async () => {
    const file = join(pool.path, "file");
    writeFileSync(file, "");
    await assert.rejects(
      privileged.receive(pool.path, readSendStream(pieces(bytes.subarray(0, 4000), 1000)), signal),
    );
    await assert.rejects(privileged.receive(file, readSendStream(pieces(bytes, 65536)), signal));
  });

  it("ends when the caller stops reading or cancels", async () => {
    for await (const chunk of privileged.send(join(pool.path, "snap"), {}, signal)) {
      assert.ok(chunk.length > 0);
      break;
    }
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(collect(privileged.send(join(pool.path, "snap"), {}, abort.signal)));
  });
});
