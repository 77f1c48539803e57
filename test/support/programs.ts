import { join, resolve } from "node:path";

// Not through bin/, which takes a bundle that may be older than what is tested.
const built = process.env["FORKPOINT_TEST_BUILT"];
const sources = resolve(import.meta.dirname, "../../agent");

/** The command's script: of what `npm test` has built from the present sources, or else the sources. */
export const commandScript = built ? join(built, "cli.mjs") : join(sources, "cli/main.ts");

/** The agent's script. */
export const agentScript = built ? join(built, "agent/main.mjs") : join(sources, "main.ts");
