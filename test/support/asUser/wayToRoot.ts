import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestUser } from "./testUser.ts";
import type { UserStage } from "./userStage.ts";

/**
 * Lets a user run, through sudo, one program as root that runs whatever it is given. It is for the tests alone; the
 * helper's own rule stays the only one that lets him call the helper.
 * @returns the program
 */
export function openWayToRoot(stage: UserStage, user: TestUser): string {
  const program = join(stage.folder, "as-root");
  const rules = `/etc/sudoers.d/forkpoint-test-${user.name}`;
  writeFileSync(program, '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  stage.later(() => rmSync(rules, { force: true }));
  writeFileSync(
    rules,
    `Defaults!${program} !requiretty, !use_pty\n${user.name} ALL=(root) NOPASSWD: ${program}\n`,
    { mode: 0o440 },
  );
  execFileSync("visudo", ["-c", "-q", "-f", rules]);
  return program;
}
