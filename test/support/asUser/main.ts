import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "../../../scripts/paths.mjs";
import { endStrays } from "../../../scripts/test/leftovers.mjs";
import { rootVariable } from "../asRoot.ts";
import type { TestUser } from "./testUser.ts";
import { UserStage } from "./userStage.ts";
import { openWayToRoot } from "./wayToRoot.ts";

/*
 * Runs a program as an ordinary user who exists for just that long. Started by root, with
 *
 *     helper|none NAME PROGRAM ARGUMENT…
 *
 * With `helper` he has the helper, with `none` he has no rights at all. Ends as the program does, or with 1 when the
 * program left something behind. What it writes into test-output comes to test-output/NAME.
 */

const [mode, label, program, ...args] = process.argv.slice(2);
if ((mode !== "helper" && mode !== "none") || !label || !program) {
  throw new Error("Say helper or none, a name for the user, and what to run.");
}

const folder = join(tmpdir(), label);
const mark = { name: "FORKPOINT_TEST_USER", value: folder };

let signalled: NodeJS.Signals | undefined;
let stop: (signal: NodeJS.Signals) => void = () => undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    signalled = signal;
    stop(signal);
  });
}

const stage = UserStage.open(folder);
try {
  process.exitCode = await runAsUser(mode, label, program);
} finally {
  stage.end();
}

async function runAsUser(as: "helper" | "none", name: string, command: string): Promise<number> {
  const { view } = stage;
  const user = stage.addUser(name);
  const output = user.own(join(folder, "output"));
  view.showCheckout(output);
  const added: Record<string, string> = {
    FORKPOINT_TEST_AS: as,
    [rootVariable]: openWayToRoot(stage, user),
    [mark.name]: mark.value,
  };
  if (as === "helper") added["FORKPOINT_HELPER"] = await stage.addHelper([user]);
  const results = process.env["FORKPOINT_TEST_RESULTS"];
  if (results) {
    added["FORKPOINT_TEST_RESULTS"] = join(user.scratch, "results.json");
    symlinkSync(added["FORKPOINT_TEST_RESULTS"], results);
  }
  const child = spawn(
    view.seen(command),
    args.map((arg) => view.seen(arg)),
    {
      uid: user.uid,
      gid: user.gid,
      cwd: view.seen(process.cwd()),
      env: stage.env(user, added),
      stdio: "inherit",
    },
  );
  stop = (signal) => child.kill(signal);
  if (signalled) stop(signalled);
  const [code] = (await once(child, "exit")) as [number | null];
  if (results) keepResults(results);
  cpSync(output, join(checkout, "test-output", name), { recursive: true });
  return endedCleanly(user) ? (code ?? 1) : 1;
}

/** Puts the results themselves in the place of the link to them, which is about to lead nowhere. */
function keepResults(link: string): void {
  const written = existsSync(link) ? readFileSync(link) : undefined;
  rmSync(link);
  if (written) writeFileSync(link, written);
}

/** Whether the program has ended all it began; what it has not is ended, and said. */
function endedCleanly(user: TestUser): boolean {
  const { scratch } = user;
  const left = endStrays({ folder: scratch, mark: `${mark.name}=${mark.value}`, uids: [user.uid] });
  if (left.length > 0)
    console.log(`✗ Left behind by ${user.name}, and ended now:\n    ${left.join("\n    ")}`);
  return left.length === 0;
}
