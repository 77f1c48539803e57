import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../agent/host/clock.ts";
import { unattended } from "../../../agent/host/longCall.ts";
import type { Digest } from "../../../agent/repository/digest.ts";
import { Repository } from "../../../agent/repository/repository.ts";
import { bytesToRead } from "../../../agent/sync/push/bytesToRead.ts";
import { SnapshotFiles } from "../../../agent/sync/push/snapshotFiles.ts";
import { applyStream } from "../../../agent/sync/push/streamApplier.ts";
import { TreeEditor, type EditBase } from "../../../agent/sync/push/treeEditor.ts";
import { TreeWriter } from "../../../agent/sync/push/treeWriter.ts";
import { TransferMeter } from "../../../agent/sync/transferMeter.ts";
import type { StreamCommand } from "../../../agent/volumes/sendStream/commands.ts";
import { MemoryBlobStore } from "../../support/memoryBlobStore.ts";
import { seededRandom } from "../../support/randomEdits.ts";
import { plainKind } from "../../support/repositoryKinds.ts";
import { RandomStream } from "./rig/randomStream.ts";

const { signal } = new AbortController();
const attributes = { mode: 0o755, uid: 0, gid: 0, mtime: { seconds: 1, nanoseconds: 2 }, xattrs: [] };

interface Written {
  readonly base: EditBase;
  readonly tree: Digest;
  readonly toRead: number;
}

describe("a tree that memory has no room for", () => {
  let home: string;
  let repository: Repository;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "forkpoint-spilled-tree-"));
    const place = { store: new MemoryBlobStore(), cacheDirectory: home };
    const options = { ...place, conditionalWrites: true, clock: systemClock };
    repository = await Repository.open(options, { ...plainKind.mode, signal });
  });
  afterEach(() => {
    repository.close();
    rmSync(home, { recursive: true });
  });

  /** Applies the commands with room for so many nodes, and stores the result. */
  const write = async (
    commands: readonly StreamCommand[],
    base: EditBase | null,
    mostNodes: number,
  ): Promise<Written> => {
    const { blobs, sealing } = repository;
    const meter = new TransferMeter(systemClock, unattended, "");
    const files = new SnapshotFiles(home, meter);
    const packs = repository.packWriter(signal);
    const editor = new TreeEditor(blobs, base, signal, mostNodes);
    try {
      const incremental = base !== null;
      await applyStream(editor, asStream(commands, incremental), { incremental, pace: () => undefined });
      await editor.settleLinks((path) => 1000 + path.length);
      const toRead = bytesToRead(editor);
      const writer = new TreeWriter({ editor, blobs, packs, gear: sealing.gear, files, meter, signal });
      const root = await writer.write();
      const { table } = await editor.links.write(packs, (node) => writer.inode(node));
      await packs.finishPacks();
      await packs.finishIndex();
      return { base: { root, attributes, links: table }, tree: root.tree, toRead };
    } finally {
      editor.close();
      await files.close();
    }
  };

  for (const seed of [1, 2, 3, 4]) {
    it(`becomes what it would be in memory, and so does a change of it, seed ${seed}`, async () => {
      const stream = new RandomStream(seededRandom(seed));
      let base: EditBase | null = null;
      for (let round = 0; round < 4; round++) {
        const commands = stream.commands(round === 0 ? 1500 : 300);
        const whole = await write(commands, base, Infinity);
        for (const mostNodes of [0, 7, 60]) {
          const spilled = await write(commands, base, mostNodes);
          assert.deepEqual(spilled, whole, `round ${round}, room for ${mostNodes}`);
        }
        ({ base } = whole);
      }
    });
  }

  it("still refuses a name that is there already, and a folder that is not empty", async () => {
    const path = (name: string) => Buffer.from(name);
    const made: StreamCommand[] = [
      { kind: "mkdir", path: path("folder"), inode: 257 },
      { kind: "mkfile", path: path("folder/file"), inode: 258 },
    ];
    const again: StreamCommand = { kind: "mkfile", path: path("folder/file"), inode: 259 };
    await assert.rejects(write([...made, again], null, 0), { code: "STREAM_INVALID" });
    const removed: StreamCommand = { kind: "rmdir", path: path("folder") };
    await assert.rejects(write([...made, removed], null, 0), { code: "STREAM_INVALID" });
  });
});

async function* asStream(
  commands: readonly StreamCommand[],
  incremental: boolean,
): AsyncGenerator<StreamCommand> {
  const uuid = Buffer.alloc(16);
  const named = { path: Buffer.from("name"), uuid, ctransid: 1n };
  if (incremental) yield { kind: "snapshot", ...named, cloneUuid: uuid, cloneCtransid: 1n };
  else yield { kind: "subvol", ...named };
  for (const command of commands) {
    await Promise.resolve();
    yield command;
  }
  yield { kind: "end" };
}
