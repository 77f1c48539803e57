import { composeAgent } from "./composeAgent.ts";
import { systemClock } from "./host/clock.ts";
import { neverCrash } from "./host/crashPoints.ts";
import { keepHeapSmall } from "./host/smallHeap.ts";
import { forkpointHome } from "./protocol/home.ts";
import { packageVersion } from "./protocol/packageVersion.ts";
import { idleMinutes } from "./server/idleMinutes.ts";
import { runAgent } from "./server/runAgent.ts";

keepHeapSmall();
const status = await runAgent({
  home: forkpointHome(process.env),
  version: packageVersion(import.meta.dirname),
  clock: systemClock,
  idleMinutes: idleMinutes(process.env),
  compose: (surroundings) => composeAgent(surroundings, { env: process.env, crashPoint: neverCrash }),
});
// A connection that some library keeps warm must not keep the process.
process.exit(status);
