import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as esbuild from "esbuild";
import { bundles } from "../../../../scripts/build.mjs";
import { type HelperPlaces, helperPlaces } from "../../../../agent/volumes/privileged/helperPlaces.ts";

const checkout = resolve(import.meta.dirname, "../../../..");
const open = new Set<SetupScene>();

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
    await esbuild.build({ ...cli, sourcemap: false, outfile: scene.cli });
    await esbuild.build({ ...helper, sourcemap: false, outfile: scene.helper });
    copyFileSync(join(checkout, "package.json"), join(scene.folder, "forkpoint", "package.json"));
    return scene;
  }

  /** Makes an account. @returns its name */
  addUser(): string {
    const name = `fptest${randomBytes(4).toString("hex")}`;
    this.#users.push(name);
    execFileSync("useradd", ["--no-create-home", "--shell", "/bin/sh", name]);
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
    const { SUDO_USER: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: "/", env, input });
    return { status, out: stdout, err: stderr };
  }

  end(): void {
    if (!open.delete(this)) return;
    rmSync(this.places.sudoers, { force: true });
    rmSync(`${this.places.sudoers}~`, { force: true });
    for (const user of this.#users) spawnSync("userdel", [user]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

process.on("exit", () => {
  for (const scene of open) scene.end();
});
