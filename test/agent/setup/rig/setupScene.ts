import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as esbuild from "esbuild";
import { loopDevicesBelow, mountsBelow } from "../../../../scripts/machine.mjs";
import { bundles } from "../../../../scripts/build.mjs";
import { addAccount, removeAccount } from "../../../../scripts/test/accounts.mjs";
import {
  helperCommand,
  type HelperPlaces,
  helperPlaces,
} from "../../../../agent/volumes/privileged/helperPlaces.ts";

const checkout = resolve(import.meta.dirname, "../../../..");
const open = new Set<SetupScene>();

/** What `--check --json` prints. */
export interface Checked {
  readonly checks: { name: string; state: string; message: string; remedy: string | null }[];
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * A place of its own for the set-up, with the real command and throw-away users. `end` removes all of it, the
 * sudoers file included; the end of this process does so in any case.
 */
export class SetupScene {
  /** Everybody may look into it, as into the folders of a system. */
  readonly folder: string;
  readonly root: string;
  readonly places: HelperPlaces;
  readonly cli: string;
  readonly helper: string;
  readonly #users: string[] = [];

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "setup-")));
    for (const folder of [this.folder, tmpdir()]) chmodSync(folder, 0o755);
    this.root = join(this.folder, "root");
    mkdirSync(this.root, { mode: 0o755 });
    this.places = helperPlaces(this.root);
    this.cli = join(this.folder, "forkpoint", "dist", "cli.mjs");
    this.helper = join(this.folder, "forkpoint", "dist", "helper.mjs");
    open.add(this);
  }

  /** A scene with the command and the helper bundled as they are shipped. */
  static async make(): Promise<SetupScene> {
    const scene = new SetupScene();
    const { cli, helper } = bundles({ minify: false });
    await esbuild.build({ ...cli, sourcemap: false, outdir: dirname(scene.cli) });
    await esbuild.build({ ...helper, sourcemap: false, outfile: scene.helper });
    copyFileSync(join(checkout, "package.json"), join(scene.folder, "forkpoint", "package.json"));
    return scene;
  }

  /** Makes an account. @returns its name */
  addUser(): string {
    const name = addAccount(randomBytes(4).toString("hex"), "/nonexistent");
    this.#users.push(name);
    return name;
  }

  uidOf(user: string): number {
    return Number(execFileSync("id", ["-u", user], { encoding: "utf8" }));
  }

  /** `forkpoint setup … --root`, as root with nothing that names a user, or as another user. */
  setup(args: readonly string[], as?: string): Ran {
    return this.run([process.execPath, this.cli, "setup", "--root", this.root, ...args], as);
  }

  /** Runs a program, as root or as another user, without a terminal. */
  run(command: readonly string[], as?: string, input = ""): Ran {
    const [program = "", ...args] = as === undefined ? command : ["runuser", "-u", as, "--", ...command];
    const env: NodeJS.ProcessEnv = { ...process.env };
    delete env["SUDO_USER"];
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: "/", env, input });
    return { status, out: stdout, err: stderr };
  }

  /** Installs for a user; gives the names of what was changed. */
  install(user: string): string[] {
    const { status, out, err } = this.setup(["--user", user, "--yes", "--json"]);
    assert.equal(status, 0, err);
    return (JSON.parse(out) as { changed: string[] }).changed;
  }

  /** What the check finds amiss, by the piece's name. */
  wrong(user: string): Map<string, string> {
    const { status, out } = this.setup(["--user", user, "--check", "--json"]);
    const { checks } = JSON.parse(out) as Checked;
    const found = checks.filter(({ state }) => state !== "ok");
    assert.equal(status, found.length === 0 ? 0 : 1);
    for (const { remedy } of found) assert.ok(remedy);
    return new Map(found.map(({ name, message }) => [name, message]));
  }

  /** The command with which a user calls the helper. */
  callBy(user: string): string[] {
    return ["sudo", "-n", "--", ...helperCommand(this.places.lib, this.uidOf(user))];
  }

  end(): void {
    if (!open.delete(this)) return;
    rmSync(this.places.sudoers, { force: true });
    rmSync(`${this.places.sudoers}~`, { force: true });
    for (const mount of mountsBelow(this.folder)) spawnSync("umount", [mount]);
    for (const device of loopDevicesBelow(this.folder)) spawnSync("losetup", ["--detach", device]);
    for (const user of this.#users) removeAccount(user);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

process.on("exit", () => {
  for (const scene of open) scene.end();
});
