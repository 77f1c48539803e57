import { ForkpointError } from "../../../../agent/protocol/errors.ts";
import type { Handlers } from "../../../../agent/server/handlers.ts";
import { first, health, pool, shop, shopFork, store } from "../../../support/shopProject.ts";

function find(named: string) {
  const found = [shop, shopFork].find(({ slug, projectId }) => named === slug || named === projectId);
  if (!found) throw new ForkpointError("PROJECT_NOT_FOUND", `There is no project ${named}.`);
  return found;
}

/** What an agent answers of the machine, its pools and its two projects. */
export const projectAnswers: Partial<Handlers> = {
  "project/list": () => ({ projects: [shop, shopFork] }),
  "project/show": ({ project }) => find(project),
  "project/resolve": ({ path }) => ({ project: path.startsWith("/pool/projects/shop") ? shop : null }),
  "project/import": () => ({ project: shop, entry: first, adopted: false }),
  "project/fork": () => shopFork,
  "project/delete": ({ project }) => {
    if (find(project) === shop) {
      throw new ForkpointError("PROJECT_HAS_FORKS", "The project shop has forks.", {
        details: { forks: ["try-sqlite"] },
      });
    }
    return {};
  },
  "project/status": ({ project }) => ({
    health,
    project: project === undefined ? null : shop,
    pools: [pool],
    store,
    agent: {
      version: "1.0.0",
      protocol: 1,
      pid: 4711,
      home: "/home/ada/.local/share/forkpoint",
      startedAt: "2026-01-02T11:00:00.000Z",
      logFile: "/home/ada/.local/share/forkpoint/logs/agent.log",
      privileges: "helper",
      degradations: ["Files of other users keep their owner only as far as the helper reaches."],
    },
  }),
  "project/configure": ({ settings }) => ({
    ...shop,
    settings: { ...shop.settings, ...settings } as typeof shop.settings,
  }),
  "pool/list": () => ({
    pools: [pool, { ...pool, poolId: "pool00000002", state: "missing", freeBytes: null }],
  }),
  "pool/create": () => pool,
  "pool/remove": () => ({}),
  "agent/doctor": () => ({
    checks: [
      { name: "programs", ok: true, message: "All are there.", remedy: null },
      { name: "store", ok: false, message: "None is set.", remedy: "Run `forkpoint store set URL`." },
    ],
  }),
};
