import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { cephServer } from "../../support/cephServer.ts";
import { openLoopPool } from "../../support/loopPool.ts";
import { Machine } from "../../support/machine.ts";
import { surroundings } from "../report.ts";
import { bucketBytes } from "./bucketBytes.ts";
import type { Engine } from "./engine.ts";
import { ForkpointEngine } from "./forkpointEngine.ts";
import {
  LoadedPostgres,
  changeOneByte,
  changePages,
  copyNodeModules,
  countFiles,
  unpackLinux,
  upgradeLinux,
  writeDatabase,
  writeRandom,
} from "./inputs.ts";
import { bytesBelow } from "../../support/bytesBelow.ts";
import { Borg, Restic, Stream, type RivalPlace } from "./rivals.ts";
import { Scenario, type Row } from "./scenario.ts";
import { benchStreams } from "./streams.ts";
import { asEngineTable } from "./table.ts";

/*
 * Measures push and pull against other backup tools, on one disk and on one S3 server; started by
 * scripts/bench.mjs, which builds the agent, and removes whatever is left.
 */

const agentScript = resolve(import.meta.dirname, "../../../dist/agent/main.mjs");
const largeMib = 1024;
const scenarios = {
  workspace: benchWorkspace,
  large: benchLargeFiles,
  postgres: benchPostgres,
  bucket: benchBucket,
  streams: benchAllStreams,
};

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(scenarios).join(",") },
    restic: { type: "string", multiple: true, default: [] },
    json: { type: "string", default: "test-output/bench-engine.json" },
  },
});
const restics = ["restic", ...values.restic];
const rows: Row[] = [];
try {
  for (const [name, bench] of Object.entries(scenarios))
    if (values.only.split(",").includes(name)) await bench();
} finally {
  const file = resolve(values.json);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ on: surroundings(), rows }, null, 2)}\n`);
  console.log(`\n${asEngineTable(rows)}\n\nEvery run: ${file}`);
}

async function benchWorkspace(): Promise<void> {
  const fill = (folder: string) => {
    unpackLinux("6.1", folder);
    copyNodeModules(folder);
  };
  await onMachine(16 * 1024, fill, async (bench) => {
    const { folder } = bench;
    const engines = await bench.engines({ mib: 16 * 1024, all: true });
    const scenario = bench.scenario(`${countFiles(folder).toLocaleString("en")} files`, engines);
    await scenario.push("first push");
    await scenario.push("push, nothing changed", { runs: 3 });
    const edit = (run: number) =>
      writeFileSync(join(folder, "linux/kernel/fork.c"), `/* edit ${run} */\n`, { flag: "a" });
    await scenario.push("push, one small edit", { runs: 3, before: edit });
    await scenario.pushFork("push of a fork");
    await scenario.pull("pull to an empty pool", "empty", folder);
    await scenario.push("push, Linux 6.1 became 6.12", {
      before: () => upgradeLinux("6.12", folder, bench.scratch),
    });
    await scenario.pull("pull onto the one before", "relative", folder);
    await scenario.finish();
  });
}

function fillLarge(folder: string): void {
  writeRandom(join(folder, "random"), largeMib);
  writeDatabase(join(folder, "database"), largeMib);
}

async function benchLargeFiles(): Promise<void> {
  await onMachine(16 * 1024, fillLarge, async (bench) => {
    const { folder } = bench;
    const engines = await bench.engines({ mib: 16 * 1024, all: true });
    const scenario = bench.scenario("two files of 1 GiB", engines);
    await scenario.push("first push");
    await scenario.pull("pull to an empty pool", "empty", folder);
    await scenario.push("push, 1 byte changed", {
      runs: 3,
      before: () => changeOneByte(join(folder, "random")),
    });
    const change = () => changePages(join(folder, "database"), largeMib, 0.05);
    await scenario.push("push, 5 % of the database's pages changed", { before: change });
    await scenario.pull("pull onto the one before", "relative", folder);
    await scenario.finish();
  });
}

async function benchPostgres(): Promise<void> {
  await onMachine(
    8 * 1024,
    () => {},
    async (bench) => {
      const server = await LoadedPostgres.start(bench.folder);
      try {
        server.load();
        const engines = await bench.engines({ mib: 8 * 1024, all: false });
        const scenario = bench.scenario("PostgreSQL under load", engines);
        await scenario.push("first push");
        await scenario.push("push, while it goes on", { runs: 3 });
        await scenario.finish();
      } finally {
        await server.end();
      }
    },
  );
}

async function benchBucket(): Promise<void> {
  const ceph = await cephServer();
  const { accessKeyId, secretAccessKey } = ceph.credentials;
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  // The agents are started by this process.
  Object.assign(process.env, env);
  await onMachine(8 * 1024, copyNodeModules, async (bench) => {
    const { folder } = bench;
    const engines: Engine[] = [];
    const ours = await ceph.makeBucket();
    const url = `s3://${ours}/bench?endpoint=${ceph.endpoint}&region=us-east-1`;
    engines.push(await bench.forkpoint(url, () => bucketBytes(ceph, ours), 8 * 1024));
    for (const [at, program] of restics.entries()) {
      const bucket = await ceph.makeBucket();
      const storedBytes = () => bucketBytes(ceph, bucket);
      const repository = `s3:${ceph.endpoint}/${bucket}/restic`;
      engines.push(
        new Restic(program, bench.rival(`restic-${at}`, 8 * 1024), { env, repository, storedBytes }),
      );
    }
    const scenario = bench.scenario(`S3, ${countFiles(folder).toLocaleString("en")} files`, engines);
    await scenario.push("first push");
    await scenario.push("push, nothing changed", { runs: 3 });
    const edit = (run: number) =>
      writeFileSync(join(folder, "node_modules/edited"), `edit ${run}\n`, { flag: "a" });
    await scenario.push("push, one small edit", { runs: 3, before: edit });
    await scenario.pushFork("push of a fork");
    await scenario.pull("pull to an empty pool", "empty", folder);
    await scenario.finish();
  });
}

/** Whether it would pay to take extents as they are from `send`: what it gives, and what it takes. */
async function benchAllStreams(): Promise<void> {
  const inputs = {
    "this project's packages": copyNodeModules,
    "two files of 1 GiB": fillLarge,
  };
  for (const [name, fill] of Object.entries(inputs)) {
    await onMachine(8 * 1024, fill, async (bench) => {
      const { snapshots } = bench.rival("streams", 1024);
      rows.push(...(await benchStreams(`Ways to read: ${name}`, bench.folder, snapshots)));
    });
  }
}

interface Bench {
  readonly folder: string;
  readonly scratch: string;
  scenario(name: string, engines: readonly Engine[]): Scenario;
  rival(name: string, mib: number): RivalPlace;
  forkpoint(url: string, storedBytes: () => Promise<number>, mib: number): Promise<Engine>;
  /** The engines on stores in folders of one disk; with `all` also those that only make sense without a load. */
  engines(how: { mib: number; all: boolean }): Promise<Engine[]>;
}

/** A project on a pool of its own, filled, and whatever copies it; all is ended afterwards. */
async function onMachine(
  mib: number,
  fill: (folder: string) => unknown,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const machine = new Machine();
  const opened: Engine[] = [];
  const pools: { close(): void }[] = [];
  const ending: Scenario[] = [];
  try {
    const client = await machine.connect(machine.agent(agentScript));
    const pool = await machine.pool(mib);
    const source = machine.makeFolder("workspace");
    const { project } = await client.call("project/import", { path: source, slug: "workspace" });
    await fill(project.path);
    const keep = <E extends Engine>(engine: E): E => {
      opened.push(engine);
      return engine;
    };
    const bench: Bench = {
      folder: project.path,
      scratch: machine.makeFolder("scratch"),
      scenario(name, engines) {
        const scenario = new Scenario(name, engines);
        ending.push(scenario);
        return scenario;
      },
      rival(name, size) {
        const there = openLoopPool(size);
        pools.push(there);
        const snapshots = join(pool.path, `bench-${name}`);
        mkdirSync(snapshots);
        return {
          folder: project.path,
          snapshots,
          scratch: machine.makeFolder(name),
          pulled: join(there.path, "pulled"),
        };
      },
      async forkpoint(url, storedBytes, poolMib) {
        const launch = (on: Machine) => on.agent(agentScript);
        return keep(await ForkpointEngine.open({ machine, launch, project, url, storedBytes, poolMib }));
      },
      async engines({ mib: size, all }) {
        const store = machine.makeFolder("store");
        const forkpoint = await bench.forkpoint(
          `dir://${store}`,
          () => Promise.resolve(bytesBelow(store)),
          size,
        );
        const others = restics.map((program, at) =>
          keep(new Restic(program, bench.rival(`restic-${at}`, size))),
        );
        const more = all
          ? [keep(new Borg(bench.rival("borg", size))), keep(new Stream(bench.rival("stream", size)))]
          : [];
        return [forkpoint, ...others, ...more];
      },
    };
    await work(bench);
  } finally {
    rows.push(...ending.flatMap((scenario) => scenario.rows));
    for (const engine of opened) await engine.end();
    for (const pool of pools) pool.close();
    await machine.end();
  }
}
