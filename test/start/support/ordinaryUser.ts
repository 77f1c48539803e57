import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { type HelperPlaces, helperPlaces } from "../../../agent/volumes/privileged/helperPlaces.ts";
import { loopDevicesBelow, mountsBelow } from "../../../scripts/machine.mjs";
import { addAccount, removeAccount } from "../../../scripts/test/accounts.mjs";

const checkout = resolve(import.meta.dirname, "../../..");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "forkpoint");
const open = new Set<OrdinaryUser>();

/**
 * A throw-away user who may use sudo, with a copy of this checkout and what the scripts have fetched. `end`
 * removes the account, its rights, its helper and its files; the end of this process does so in any case.
 */
export class OrdinaryUser {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "user-")));
  readonly home = join(this.folder, "home");
  readonly name = addAccount(randomBytes(4).toString("hex"), this.home);
  readonly checkout = join(this.home, "forkpoint");
  /** Below it the helper is installed for this user. */
  readonly root = join(this.folder, "root");
  readonly places: HelperPlaces = helperPlaces(this.root);
  readonly #rights = `/etc/sudoers.d/${this.name}`;

  constructor() {
    open.add(this);
    for (const folder of [tmpdir(), this.folder]) chmodSync(folder, 0o755);
    mkdirSync(this.root, { mode: 0o755 });
    mkdirSync(this.home);
    execFileSync("chown", [`${this.name}:`, this.home]);
    writeFileSync(this.#rights, `${this.name} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    this.#copyCheckout();
    this.#lendCache();
  }

  /** The Node of the scripts, where this user finds it. */
  get node(): string {
    return join(this.home, ".cache/forkpoint/node24", process.execPath.slice(join(cache, "node24").length));
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...withoutRoots(process.env),
      HOME: this.home,
      USER: this.name,
      PATH: [join(this.node, ".."), process.env["PATH"]].join(delimiter),
      TMPDIR: join(this.home, "tmp"),
      CI: "1",
      FORKPOINT_HELPER: this.places.lib,
    };
  }

  /** The program and arguments that run a command as this user, with nothing in between. */
  command(...args: readonly string[]): readonly string[] {
    return ["setpriv", `--reuid=${this.name}`, `--regid=${this.name}`, "--init-groups", "--", ...args];
  }

  /** What of the user's pools is mounted or attached. */
  get mounted(): string[] {
    return [...mountsBelow(this.places.state), ...loopDevicesBelow(this.folder)];
  }

  end(): void {
    if (!open.delete(this)) return;
    rmSync(this.places.sudoers, { force: true });
    rmSync(this.#rights, { force: true });
    for (const mount of mountsBelow(this.folder)) spawnSync("umount", [mount]);
    for (const device of loopDevicesBelow(this.folder)) spawnSync("losetup", ["--detach", device]);
    removeAccount(this.name);
    // Never into something that is still mounted.
    if (mountsBelow(this.folder).length === 0) rmSync(this.folder, { recursive: true, force: true });
  }

  #copyCheckout(): void {
    const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: checkout,
    });
    mkdirSync(join(this.home, "tmp"));
    mkdirSync(this.checkout);
    const pack = ["--create", "--null", "--files-from=-", "--ignore-failed-read"];
    const packed = execFileSync("tar", pack, { cwd: checkout, input: list, maxBuffer: 256 * 1024 * 1024 });
    execFileSync("tar", ["--extract"], { cwd: this.checkout, input: packed });
    execFileSync("cp", ["-a", "--reflink=auto", join(checkout, "node_modules"), this.checkout]);
    execFileSync("chown", ["-R", `${this.name}:`, this.home]);
  }

  /** Shows what was fetched to the user, to read only; logs and locks are the user's own. */
  #lendCache(): void {
    const own = join(this.home, ".cache", "forkpoint");
    mkdirSync(own, { recursive: true });
    execFileSync("chown", ["-R", `${this.name}:`, join(this.home, ".cache")]);
    const fetched = execFileSync("ls", [cache], { encoding: "utf8" }).split("\n");
    for (const name of fetched.filter((each) => /^(?:node24|code-server-.*)$/.test(each))) {
      mkdirSync(join(own, name));
      execFileSync("mount", ["--bind", "-o", "ro", join(cache, name), join(own, name)]);
    }
  }
}

/** How the network is reached is the same for everybody; where root keeps its files is not. */
function withoutRoots(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const roots =
    /^(?:XDG_.*|SUDO_.*|NODE_COMPILE_CACHE|npm_(?!config_).*|npm_config_(?:cache|userconfig|init_module|.*prefix))$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !roots.test(name)));
}

process.on("exit", () => {
  for (const user of open) user.end();
});
