import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../agent/host/clock.ts";
import { ForkpointError } from "../../agent/protocol/errors.ts";
import { forkpointHome } from "../../agent/protocol/home.ts";
import { methods } from "../../agent/protocol/methods.ts";
import type { AgentFacts, Composition } from "../../agent/server/runAgent.ts";
import { runAgent } from "../../agent/server/runAgent.ts";

/**
 * A whole agent process with one kind of work: a restore waits until the file `finish` lies in the home, then
 * leaves the file `finished`. Every other method of a room answers PROJECT_NOT_FOUND.
 */
export async function runWaitingAgent(version: string): Promise<void> {
  const home = forkpointHome(process.env);
  process.exitCode = await runAgent({
    home,
    version,
    clock: systemClock,
    idleMinutes: Number(process.env["FORKPOINT_IDLE_MINUTES"] ?? 15),
    compose: ({ facts }) => Promise.resolve(compose(home, facts)),
  });
}

function compose(home: string, facts: AgentFacts): Composition {
  const refused = Object.keys(methods).map((method) => [
    method,
    () => {
      throw new ForkpointError("PROJECT_NOT_FOUND", "There are no projects here.");
    },
  ]);
  return {
    info: { ...facts, privileges: "root", degradations: [] },
    handlers: {
      ...(Object.fromEntries(refused) as Composition["handlers"]),
      "timeline/restore": async (_params, { signal }) => {
        while (!existsSync(join(home, "finish"))) await pause(10, undefined, { signal });
        writeFileSync(join(home, "finished"), "");
        const summary = { added: 1, modified: 0, removed: 0, renamed: 0, metadata: 0 };
        return { entry: null, guard: null, summary };
      },
    },
    examine: () => Promise.resolve([]),
    support: () => Promise.resolve([]),
    hasBackgroundWork: () => existsSync(join(home, "uploading")),
    close: () => Promise.resolve(),
  };
}
