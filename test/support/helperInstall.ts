import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { helperPlaces, type HelperPlaces } from "../../agent/volumes/privileged/helperPlaces.ts";
import { sudoersText } from "../../agent/volumes/privileged/sudoersRule.ts";
import { loopDevicesBelow, mountsBelow } from "../../scripts/machine.mjs";
import { bundles } from "../../scripts/build.mjs";
import { TestUser } from "./asUser/testUser.ts";

/** The helper as `forkpoint setup` would install it, in a folder of its own, with users who may call it. */
export interface HelperInstall {
  readonly root: string;
  readonly places: HelperPlaces;
  readonly users: readonly TestUser[];
  close(): void;
}

const open = new Set<HelperInstall>();

/** Needs root. Taken back by `close`, and in any case when the process ends. */
export async function installHelper(names: readonly string[] = ["ann", "bob"]): Promise<HelperInstall> {
  const root = mkdtempSync(join(tmpdir(), "fp-helper-"));
  chmodSync(root, 0o711);
  const places = helperPlaces(root);
  const users: TestUser[] = [];
  const install: HelperInstall = {
    root,
    places,
    users,
    close() {
      if (!open.delete(install)) return;
      rmSync(places.sudoers, { force: true });
      for (const user of users) user.end();
      for (const mount of mountsBelow(root)) execFileSync("umount", ["--lazy", mount]);
      for (const device of loopDevicesBelow(root)) execFileSync("losetup", ["--detach", device]);
      rmSync(root, { recursive: true });
    },
  };
  open.add(install);
  try {
    for (const name of names) users.push(makeUser(name, root));
    await installProgram(places);
    const waiting = `${places.sudoers}.new`;
    writeFileSync(waiting, sudoersText(places.lib, users), { mode: 0o440 });
    execFileSync("visudo", ["-c", "-f", waiting], { stdio: "pipe" });
    renameSync(waiting, places.sudoers);
  } catch (thrown) {
    install.close();
    throw thrown;
  }
  return install;
}

/** Puts the helper and its Node where `places` says; its sudoers file is the caller's to write. */
export async function installProgram(places: HelperPlaces): Promise<void> {
  mkdirSync(places.lib, { mode: 0o755 });
  mkdirSync(places.state, { mode: 0o711 });
  chmodSync(places.state, 0o711);
  copyFileSync(process.execPath, places.node);
  chmodSync(places.node, 0o755);
  writeFileSync(places.program, await bundledHelper(), { mode: 0o644 });
  writeFileSync(places.config, `${JSON.stringify({ state: places.state })}\n`, { mode: 0o644 });
}

let bundled: Promise<Uint8Array> | undefined;

/** The helper in one file, built once in a process. */
function bundledHelper(): Promise<Uint8Array> {
  bundled ??= (async () => {
    const options = bundles({ minify: false })["helper"];
    if (!options) throw new Error("The helper has no bundle.");
    const { outputFiles } = await build({ ...options, sourcemap: false, write: false, metafile: false });
    const file = outputFiles[0];
    if (!file) throw new Error("esbuild made nothing.");
    return file.contents;
  })();
  return bundled;
}

function makeUser(label: string, root: string): TestUser {
  const folder = join(root, `of-${label}`);
  mkdirSync(folder, { mode: 0o711 });
  return TestUser.make(`${label}-${randomBytes(3).toString("hex")}`, folder);
}

function closeAll(): void {
  for (const install of [...open]) install.close();
}

process.on("exit", closeAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    closeAll();
    process.kill(process.pid, signal);
  });
}
