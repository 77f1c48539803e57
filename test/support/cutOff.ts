import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { AgentClient } from "../../agent/protocol/client/agentClient.ts";
import type { Project } from "../../agent/protocol/project.ts";
import { CrashScene } from "./crashScene.ts";

/** How a cut-off operation may end. */
export type Outcome = "complete" | "rolled back";

/** An operation that is cut off at each of its steps. */
export interface CutOff {
  /** Makes what every round needs, once. */
  readonly setUp?: (client: AgentClient, scene: CrashScene) => Promise<void>;
  /** Before each round. */
  readonly prepare?: (client: AgentClient, scene: CrashScene) => Promise<void>;
  readonly work: (client: AgentClient, scene: CrashScene) => Promise<unknown>;
  /** After a new agent has recovered: judges what is there, and clears it away. */
  readonly judge: (client: AgentClient, scene: CrashScene) => Promise<Outcome>;
  /** Points that have to be among those it passes. */
  readonly points: readonly string[];
  /** The points to kill at, when others are those of another operation as well. */
  readonly at?: RegExp;
  /** How often it passes a point differs from round to round: it is killed at the first two times. */
  readonly varies?: boolean;
}

/** Declares one test that kills the agent at every point `operation` passes. */
export function killed(title: string, operation: CutOff): void {
  describe(`an agent killed in the middle of ${title}`, function () {
    this.timeout(900_000);
    let scene: CrashScene;
    before(async () => {
      scene = await CrashScene.open();
    });
    after(() => scene.machine.end());

    it("leaves it complete or rolled back, at every step", async () => {
      const { setUp, prepare, work, judge, points } = operation;
      await setUp?.(await scene.agent(), scene);
      await prepare?.(await scene.agent(), scene);
      const reached = await scene.reached((client) => work(client, scene));
      for (const point of points)
        assert.ok(
          reached.some((each) => each.point === point),
          point,
        );
      assert.equal(await judge(await scene.recovered(), scene), "complete");
      for (const { point, nth: last } of reached.filter(({ point }) => operation.at?.test(point) ?? true)) {
        const nth = operation.varies ? Math.min(last, 2) : last;
        await prepare?.(await scene.agent(), scene);
        try {
          await scene.dies((client) => work(client, scene), { point, nth });
          await judge(await scene.recovered(), scene);
        } catch (cause) {
          throw new Error(`${point}, reach ${nth}: ${String(cause)}`, { cause });
        }
      }
    });
  });
}

/** Runs a script in a folder of the test. */
export const sh = (cwd: string, script: string) => execFileSync("bash", ["-ec", script], { cwd });

/** Some dozens of files, so that an operation has more than one of every step. */
export const fill = `mkdir -p src/deep bin; for i in {1..40}; do echo $i > src/f$i; done; head -c 3000000 /dev/urandom > blob
  ln src/f1 src/deep/twin; ln -s src/f2 link; mkfifo pipe; chmod 700 bin; setfattr -n user.a -v b src/f3`;
/** Changes what `fill` made, in every way a restore has to take back. */
export const change = `for i in {1..20}; do echo changed >> src/f$i; done; rm src/f3{0..9}; mkdir made; echo x > made/x
  mv src/f25 made/; head -c 100000 /dev/urandom | dd of=blob bs=1000 seek=500 conv=notrunc status=none; rm pipe; chmod 755 bin
  rm link; ln -s nowhere link; setfattr -x user.a src/f3; ln src/f21 made/hard`;

/** Makes the project `slug` of a copy of what `fill` makes. */
export async function importFilled(client: AgentClient, scene: CrashScene, slug = "shop") {
  const folder = scene.machine.makeFolder(`source-${slug}`);
  sh(folder, fill);
  return client.call("project/import", { path: folder, slug, copy: true });
}

export async function find(client: AgentClient, slug: string): Promise<Project | undefined> {
  const { projects } = await client.call("project/list", {});
  return projects.find((project) => project.slug === slug);
}

export async function deleteIfThere(client: AgentClient, slug: string): Promise<void> {
  if (await find(client, slug)) await client.call("project/delete", { project: slug });
}
