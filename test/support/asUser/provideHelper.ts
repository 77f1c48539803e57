import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { helperPlaces } from "../../../agent/volumes/privileged/helperPlaces.ts";
import { sudoersText } from "../../../agent/volumes/privileged/sudoersRule.ts";
import { installProgram } from "../helperInstall.ts";
import type { TestUser } from "./testUser.ts";
import type { UserStage } from "./userStage.ts";

/**
 * Sets the helper up below the stage's folder for some of its users, as `forkpoint setup` does.
 * @returns what FORKPOINT_HELPER has to name
 */
export async function provideHelper(stage: UserStage, users: readonly TestUser[]): Promise<string> {
  const root = join(stage.folder, "helper");
  mkdirSync(root, { mode: 0o711 });
  chmodSync(root, 0o711);
  const places = helperPlaces(root);
  stage.later(() => rmSync(places.sudoers, { force: true }));
  await installProgram(places);
  // A file with a dot in its name is none to sudo, so that it never reads a rule that was not checked.
  const waiting = `${places.sudoers}.new`;
  stage.later(() => rmSync(waiting, { force: true }));
  writeFileSync(waiting, sudoersText(places.lib, users), { mode: 0o440 });
  execFileSync("visudo", ["-c", "-q", "-f", waiting]);
  renameSync(waiting, places.sudoers);
  return places.lib;
}
