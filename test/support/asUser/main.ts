import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, checkout } from "../../../scripts/paths.mjs";
import { mountsBelow } from "../../../scripts/machine.mjs";
import { endStrays } from "../../../scripts/test/leftovers.mjs";
import { rootVariable } from "../asRoot.ts";
import { provideHelper } from "./provideHelper.ts";
import { TestUser } from "./testUser.ts";
import { openWayToRoot, View } from "./view.ts";

/*
 * Runs a program as an ordinary user who exists for just that long. Started by root, with
 *
 *     helper|none NAME PROGRAM ARGUMENT…
 *
 * With `helper` he has the helper, with `none` he has no rights at all. Ends as the program does, or with 1 when the
 * program left something behind.
 */

const [mode, label, program, ...args] = process.argv.slice(2);
if ((mode !== "helper" && mode !== "none") || !label || !program) {
  throw new Error("Say helper or none, a name for the user, and what to run.");
}

const folder = join(tmpdir(), label);
const rules = `/etc/sudoers.d/forkpoint-test-${process.env["FORKPOINT_TEST_RUN"]}-${label}`;
const mark = { name: "FORKPOINT_TEST_USER", value: folder };
/** What is to be taken back, in the order it was made. */
const undo: (() => void)[] = [];

let signalled: NodeJS.Signals | undefined;
let stop: (signal: NodeJS.Signals) => void = () => undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    signalled = signal;
    stop(signal);
  });
}

try {
  process.exitCode = await runAsUser(mode, label, program);
} finally {
  for (const step of undo.toReversed()) step();
}

async function runAsUser(as: "helper" | "none", name: string, command: string): Promise<number> {
  chmodSync(tmpdir(), 0o711);
  mkdirSync(folder, { mode: 0o711 });
  undo.push(() => removeFolder());
  const user = TestUser.make(name, folder);
  undo.push(() => user.end());
  const view = new View(join(folder, "view"));
  undo.push(() => view.end());
  view.show(cacheFolder, "cache");
  view.showCheckout(user.own(join(folder, "output")));
  undo.push(() => rmSync(rules, { force: true }));
  const added: Record<string, string> = {
    FORKPOINT_TEST_AS: as,
    [rootVariable]: openWayToRoot(user.name, folder, rules),
    [mark.name]: mark.value,
    NODE_COMPILE_CACHE: user.own(join(folder, "compiled")),
    FORKPOINT_HELPER: join(folder, "no-helper"),
  };
  if (as === "helper") {
    const helper = provideHelper(folder, [user]);
    undo.push(() => helper.remove());
    added["FORKPOINT_HELPER"] = helper.lib;
  }
  const results = process.env["FORKPOINT_TEST_RESULTS"];
  if (results) {
    added["FORKPOINT_TEST_RESULTS"] = join(user.scratch, "results.json");
    symlinkSync(added["FORKPOINT_TEST_RESULTS"], results);
  }
  const env = Object.entries(user.env()).map(([key, value]) => [key, view.seen(value ?? "")] as const);
  const child = spawn(
    view.seen(command),
    args.map((arg) => view.seen(arg)),
    {
      uid: user.uid,
      gid: user.gid,
      cwd: view.seen(process.cwd()),
      env: { ...Object.fromEntries(env), ...added },
      stdio: "inherit",
    },
  );
  stop = (signal) => child.kill(signal);
  if (signalled) stop(signalled);
  const [code] = (await once(child, "exit")) as [number | null];
  if (results) keepResults(results);
  cpSync(join(folder, "output"), join(checkout, "test-output", name), { recursive: true });
  return endedCleanly(user) ? (code ?? 1) : 1;
}

/** Puts the results themselves in the place of the link to them, which is about to lead nowhere. */
function keepResults(link: string): void {
  const written = existsSync(link) ? readFileSync(link) : undefined;
  rmSync(link);
  if (written) writeFileSync(link, written);
}

/** Folders from outside are mounted below it; what is in them must never be deleted. */
function removeFolder(): void {
  if (mountsBelow(folder).length > 0) throw new Error(`${folder} has mounts that cannot be taken away.`);
  rmSync(folder, { recursive: true, force: true });
}

/** Whether the program has ended all it began; what it has not is ended, and said. */
function endedCleanly(user: TestUser): boolean {
  const { scratch } = user;
  const left = endStrays({ folder: scratch, mark: `${mark.name}=${mark.value}`, uids: [user.uid] });
  if (left.length > 0)
    console.log(`✗ Left behind by ${user.name}, and ended now:\n    ${left.join("\n    ")}`);
  return left.length === 0;
}
