import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { EntryRow } from "../../../../agent/catalog/entryRow.ts";
import type { ProjectRow } from "../../../../agent/catalog/projects.ts";
import { silentLog } from "../../../../agent/host/log.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import { decodePack } from "../../../../agent/repository/packFormat.ts";
import type { Range } from "../../../../agent/blobstore/blobStore.ts";
import type { Privileged } from "../../../../agent/volumes/privileged/privileged.ts";
import { type LoopPool, openLoopPool } from "../../../support/loopPool.ts";
import { MemoryBlobStore } from "../../../support/memoryBlobStore.ts";
import { plainKind, sealingOf } from "../../../support/repositoryKinds.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { Machine, makeHomes, onlyUrl } from "./machine.ts";
import { storeUrl } from "./twoMachines.ts";

/** A store that counts what is read of it. */
class CountedStore extends MemoryBlobStore {
  readonly read = new Map<string, number>();
  /** Called before each read. */
  beforeGet: (key: string) => void = () => undefined;

  override async get(key: string, options: { signal: AbortSignal; range?: Range }) {
    this.beforeGet(key);
    const found = await super.get(key, options);
    this.read.set(key, (this.read.get(key) ?? 0) + (found?.bytes.length ?? 0));
    return found;
  }

  bytesRead(): number {
    return [...this.read.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes read, as they are stored, of packs that hold pieces of files. */
  async chunkBytesRead(): Promise<number> {
    const read = [...this.read].filter(([key]) => key.startsWith("packs/"));
    const sealing = await sealingOf(plainKind, this);
    return read
      .filter(([key]) => {
        const bytes = this.objects.get(key)?.bytes ?? Buffer.alloc(0);
        return decodePack(key.slice(-64), bytes, sealing).records.some(({ kind }) => kind === "chunk");
      })
      .reduce((sum, [, bytes]) => sum + bytes, 0);
  }
}

/** One machine that pulls what it has pushed, onto what it still has. */
export class RelativeScene {
  readonly store = new CountedStore();
  readonly machine: Machine;
  /** Why pulls were not made onto a relative. */
  readonly warnings: string[] = [];
  readonly #homes = makeHomes();
  readonly #pool: LoopPool;

  private constructor(privileged: Privileged | undefined, mib: number | undefined) {
    this.#pool = openLoopPool(mib);
    this.machine = new Machine(
      { home: this.#homes.path("here"), pool: this.#pool.path },
      {
        access: onlyUrl(storeUrl, this.store),
        log: {
          ...silentLog,
          warn: (message, fields) => this.warnings.push(`${message} ${JSON.stringify(fields)}`),
        },
        ...(privileged ? { privileged } : {}),
      },
    );
  }

  static async open(privileged?: Privileged, mib?: number): Promise<RelativeScene> {
    const scene = new RelativeScene(privileged, mib);
    scene.machine.sync.start();
    await scene.machine.sync.setStore({ url: storeUrl, ...plainKind.choice }, unattended);
    return scene;
  }

  /** Runs a script in the project's volume. */
  run(project: ProjectRow, script: string): void {
    execFileSync("bash", ["-ec", script], { cwd: project.path });
  }

  /** Takes an entry of the volume and pushes it. */
  async keep(project: ProjectRow): Promise<EntryRow> {
    const entry = await this.machine.snapshot(project);
    await this.machine.push(project);
    return this.machine.entry(entry.projectId, entry.snapshotId);
  }

  /** Takes the entry off this disk, as retention does, and gives what it was. */
  async forget(entry: EntryRow): Promise<string> {
    const was = treeFingerprint(this.machine.pathOf(entry));
    await this.machine.deleteEntry(entry);
    return was;
  }

  /** Pulls what was forgotten; gives its path and how many bytes of files were read from the store. */
  async pull({ projectId, manifestDigest }: EntryRow): Promise<{ path: string; fetched: number }> {
    this.store.read.clear();
    this.warnings.length = 0;
    const path = await this.machine.pullManifest(projectId, manifestDigest ?? "");
    return { path, fetched: await this.store.chunkBytesRead() };
  }

  /** Pulls it and checks that it was made onto a relative and is what it was. */
  async assertPulls(entry: EntryRow, was: string): Promise<{ path: string; fetched: number }> {
    const pulled = await this.pull(entry);
    assert.deepEqual(this.warnings, []);
    assert.equal(treeFingerprint(pulled.path), was);
    return pulled;
  }

  async close(): Promise<void> {
    await this.machine.close();
    this.#pool.close();
    this.#homes.close();
  }
}
