import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../../agent/host/clock.ts";
import { unattended } from "../../../../agent/host/longCall.ts";
import type { Entry } from "../../../../agent/protocol/entry.ts";
import { type LoopPool, openLoopPool } from "../../../support/loopPool.ts";
import { type AgentHome, makeAgentHome } from "../../projects/rig/agentHome.ts";
import { openTimelineRig, type TimelineRig } from "./timelineRig.ts";

interface FixtureOptions {
  clock?: Clock;
  mib?: number;
  isPoolLow?: () => boolean;
  isUploading?: () => boolean;
}

/** One project on a pool of its own, with its timeline. */
export class TimelineFixture {
  readonly folder: AgentHome;
  readonly loop: LoopPool;
  readonly home: string;
  readonly live: string;
  rig: TimelineRig;
  projectId = "";

  private constructor(options: FixtureOptions) {
    this.folder = makeAgentHome();
    this.home = join(this.folder.path, "agent");
    this.loop = openLoopPool(options.mib ?? 1024);
    this.live = join(this.loop.path, "site");
    this.rig = openTimelineRig(this.home, options);
  }

  /** A project whose volume holds `page` with "one". */
  static async open(options: FixtureOptions = {}): Promise<TimelineFixture> {
    const fixture = new TimelineFixture(options);
    const { rig, live, loop } = fixture;
    const pool = await rig.registry.adopt(loop.path);
    await rig.btrfs.createSubvolume(live);
    fixture.write("page", "one");
    fixture.projectId = await rig.adoption.run(live, undefined, pool, unattended);
    return fixture;
  }

  get project() {
    return this.rig.project(this.projectId);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.live, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.live, name), "utf8");
  }

  shell(script: string): void {
    execFileSync("bash", ["-ec", script], { cwd: this.live });
  }

  async snapshot(label?: string): Promise<Entry> {
    const wish = { cause: "manual", pin: false, ...(label ? { label } : {}) } as const;
    const { entry } = await this.rig.timeline.snapshot(this.project, wish, unattended);
    if (!entry) throw new Error("Nothing changed.");
    return entry;
  }

  restore(snapshotId: string, paths?: string[]) {
    const wish = { snapshotId, openFiles: "refuse", ...(paths ? { paths } : {}) } as const;
    return this.rig.timeline.restore(this.project, wish, unattended);
  }

  entries(): Entry[] {
    return this.rig.timeline.reading.list(this.project, { limit: 1000 }).entries;
  }

  /** As after a kill: another catalog connection, another service, and what start-up does. */
  async reopen(options: FixtureOptions = {}): Promise<void> {
    this.rig.catalog.close();
    this.rig = openTimelineRig(this.home, options);
    const problems = await this.rig.recoverTimeline();
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    this.rig.timeline.acts.start();
  }

  async close(): Promise<void> {
    await this.rig.timeline.close();
    this.rig.catalog.close();
    this.loop.close();
    this.folder.close();
  }
}
