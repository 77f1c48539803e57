import type { PrivilegeMode } from "../../agent/volumes/privileged/privileged.ts";

/**
 * Which rights the agents of this run have: those of root, those of an ordinary user who has the helper, or
 * those of one who has none. Test files are the same; where the truth differs between modes, they ask here.
 */
export const testMode: PrivilegeMode = modeOf(process.env["FORKPOINT_TEST_AS"]);

function modeOf(name: string | undefined): PrivilegeMode {
  if (name === undefined) return "root";
  if (name === "helper" || name === "none") return name;
  throw new Error(`FORKPOINT_TEST_AS is helper or none, not ${JSON.stringify(name)}.`);
}
