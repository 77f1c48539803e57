import type { CrashPoint } from "./host/crashPoints.ts";
import { openGround, type Ground } from "./openGround.ts";
import { DiskAgreement } from "./projects/diskAgreement.ts";
import { Doctor } from "./projects/doctor.ts";
import { PoolCreation } from "./projects/poolCreation.ts";
import { PoolRegistry } from "./projects/poolRegistry.ts";
import { PoolRemoval } from "./projects/poolRemoval.ts";
import { ProjectLookup } from "./projects/projectLookup.ts";
import { ProjectView } from "./projects/projectView.ts";
import { Recovery } from "./projects/recovery.ts";
import { StagingSweep } from "./projects/stagingSweep.ts";
import { ForkpointError } from "./protocol/errors.ts";
import { methods } from "./protocol/methods.ts";
import type { Composition, Surroundings } from "./server/runAgent.ts";

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly crashPoint: CrashPoint;
}

/**
 * Puts the agent together over the catalog in its home, mounts its pools, and ends what an earlier agent
 * left unfinished.
 * @throws ForkpointError CATALOG_NEWER, CATALOG_DAMAGED
 */
export async function composeAgent(around: Surroundings, options: Options): Promise<Composition> {
  const ground = openGround(around.home);
  try {
    return await furnish(ground, around, options);
  } catch (thrown) {
    ground.catalog.close();
    throw thrown;
  }
}

async function furnish(ground: Ground, around: Surroundings, options: Options): Promise<Composition> {
  const parts = { ...ground, ...around, ...options, agentHome: around.home };
  const { announce } = around;
  const registry = new PoolRegistry(parts);
  const creation = new PoolCreation(parts);
  const removal = new PoolRemoval({ ...parts, registry });
  const lookup = new ProjectLookup(ground.projects);
  const view = new ProjectView(ground.btrfs);
  const recovery = new Recovery({
    ...parts,
    pools: registry,
    sweep: new StagingSweep({ ...parts, pools: registry }),
    recoverers: [creation.recoverer, removal.recoverer],
  });
  const doctor = new Doctor({
    ...parts,
    registry,
    agreement: new DiskAgreement({ ...parts, registry }),
    checkStore: () => Promise.resolve(null),
    problems: () => recovery.problems,
    version: around.info.version,
  });

  await registry.mountAll();
  await recovery.run();

  const absent = Object.keys(methods).map((method) => [
    method,
    () => {
      throw new ForkpointError("INTERNAL", `This agent does not know ${method} yet.`);
    },
  ]);
  return {
    handlers: {
      ...(Object.fromEntries(absent) as Composition["handlers"]),
      "pool/create": async (params, call) => {
        const made = await registry.describe(await creation.create(params, call));
        announce("changed/machine", { what: "pools" });
        return made;
      },
      "pool/adopt": async ({ path }) => {
        const adopted = await registry.describe(await registry.adopt(path));
        announce("changed/machine", { what: "pools" });
        return adopted;
      },
      "pool/list": async () => ({ pools: await registry.list() }),
      "pool/remove": async (params) => {
        await removal.remove(params);
        announce("changed/machine", { what: "pools" });
        return {};
      },
      "store/show": () => ({ store: null }),
      "project/list": async () => ({
        projects: await Promise.all(ground.projects.list().map((row) => view.of(row))),
      }),
      "project/show": ({ project }) => view.of(lookup.named(project)),
      "project/resolve": async ({ path }) => {
        const row = await lookup.holding(path);
        return { project: row ? await view.of(row) : null };
      },
    },
    examine: (signal) => doctor.examine(signal),
    hasBackgroundWork: () => false,
    close: () => {
      ground.catalog.close();
      return Promise.resolve();
    },
  };
}
