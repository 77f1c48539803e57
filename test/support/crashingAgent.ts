import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeAgent } from "../../agent/composeAgent.ts";
import { systemClock } from "../../agent/host/clock.ts";
import { crashAt, type CrashPoint } from "../../agent/host/crashPoints.ts";
import { forkpointHome } from "../../agent/protocol/home.ts";
import { packageVersion } from "../../agent/protocol/packageVersion.ts";
import { runAgent } from "../../agent/server/runAgent.ts";

/** Where an agent script finds this module; scripts are written by the tests, one for each crash. */
const self = import.meta.filename;

/** Writes a script into `folder` that runs the whole agent until the `nth` reach of `point`, and gives its path. */
export function crashingAgent(folder: string, point: string, nth: number): string {
  const file = join(folder, "crashing-agent.ts");
  writeFileSync(
    file,
    `import { runCrashing } from ${JSON.stringify(self)};\n` +
      `await runCrashing(${JSON.stringify(point)}, ${nth});\n`,
  );
  return file;
}

/** Writes a script into `folder` that runs the whole agent and keeps a list of the points it passes in `list`. */
export function recordingAgent(folder: string, list: string): string {
  const file = join(folder, "recording-agent.ts");
  writeFileSync(
    file,
    `import { runRecording } from ${JSON.stringify(self)};\nawait runRecording(${JSON.stringify(list)});\n`,
  );
  return file;
}

export async function runCrashing(point: string, nth: number): Promise<void> {
  await run(crashAt(point, nth));
}

export async function runRecording(list: string): Promise<void> {
  await run((name) => appendFileSync(list, `${name}\n`));
}

async function run(crashPoint: CrashPoint): Promise<void> {
  const status = await runAgent({
    home: forkpointHome(process.env),
    version: packageVersion(import.meta.dirname),
    clock: systemClock,
    idleMinutes: 0,
    compose: (surroundings) => composeAgent(surroundings, { env: process.env, crashPoint }),
  });
  process.exit(status);
}
