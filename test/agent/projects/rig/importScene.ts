import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectRow } from "../../../../agent/catalog/projects.ts";
import type { CrashPoint } from "../../../../agent/host/crashPoints.ts";
import { type LongCall, unattended } from "../../../../agent/host/longCall.ts";
import { type LoopPool, openLoopPool } from "../../../support/loopPool.ts";
import { treeFingerprint } from "../../../support/treeFingerprint.ts";
import { type AgentHome, makeAgentHome } from "./agentHome.ts";
import { subvolumesOf } from "./poolTree.ts";
import { openProjectRig, type ProjectRig } from "./projectRig.ts";
import type { ScriptArgs } from "./projectScript.ts";

/** A folder to import, alone in its parent, and a pool to import it into. */
export class ImportScene {
  readonly #folder: AgentHome = makeAgentHome();
  readonly loop: LoopPool = openLoopPool(512);
  readonly home = join(this.#folder.path, "agent");
  readonly sources = join(this.#folder.path, "sources");
  source = join(this.sources, "My Shop");
  rig: ProjectRig = openProjectRig(this.home);
  poolId = "";

  static async open(): Promise<ImportScene> {
    const scene = new ImportScene();
    mkdirSync(scene.source, { recursive: true });
    writeFileSync(join(scene.source, "page.html"), "one");
    scene.poolId = (await scene.rig.registry.adopt(scene.loop.path)).poolId;
    return scene;
  }

  close(): void {
    this.rig.catalog.close();
    this.loop.close();
    this.#folder.close();
  }

  /** Opens the catalog anew, with something that happens at the points of operations. */
  reopen(crashPoint: CrashPoint): void {
    this.rig.catalog.close();
    this.rig = openProjectRig(this.home, crashPoint);
  }

  async import(
    options: { slug?: string; copy?: boolean } = {},
    call: LongCall = unattended,
  ): Promise<ProjectRow> {
    const { slug, copy = false } = options;
    const pool = this.rig.registry.named(this.poolId);
    const projectId = await this.rig.folderImport.run({ source: this.source, slug, pool, copy }, call);
    const row = this.rig.projects.byId(projectId);
    assert.ok(row);
    return row;
  }

  /** What `projectScript.ts` needs to move the folder and die at a point, or with so many files copied. */
  killedImport(crashPoint: string, killAfterFiles?: number): ScriptArgs {
    const { home, source, poolId } = this;
    const dies = killAfterFiles === undefined ? {} : { killAfterFiles };
    return { home, crashPoint, import: { source, poolId, copy: false, ...dies } };
  }

  /** The path of the snapshot behind a project's only entry. */
  firstSnapshot({ projectId }: ProjectRow): string {
    const entries = this.rig.entries.list(projectId);
    assert.deepEqual(
      entries.map((entry) => [entry.cause, entry.parentId, entry.durability]),
      [["import", null, "local"]],
    );
    return join(this.loop.path, ".forkpoint/snapshots", projectId, entries[0]?.snapshotId ?? "");
  }

  /** Fails unless pool and catalog are empty and the source is there with this fingerprint. */
  assertNothingMade(fingerprint: string): void {
    assert.deepEqual(subvolumesOf(this.loop.path), []);
    assert.deepEqual([this.rig.intents.list(), this.rig.projects.list()], [[], []]);
    for (const name of ["snapshots", "staging"]) {
      const own = join(this.loop.path, ".forkpoint", name);
      assert.deepEqual(existsSync(own) ? readdirSync(own) : [], []);
    }
    assert.deepEqual(readdirSync(this.sources), ["My Shop"]);
    assert.equal(treeFingerprint(this.source), fingerprint);
  }
}
