import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import type { ErrorBody } from "../../agent/protocol/errors.ts";
import { bundles } from "../../scripts/build.mjs";
import { processesWith, send } from "../../scripts/machine.mjs";
import { openLoopPool, type LoopPool } from "./loopPool.ts";

const checkout = resolve(import.meta.dirname, "../..");
/** `nobody`, which every system has and which may do nothing special. */
const uid = 65534;
const gid = 65534;

/**
 * The real command and agent of a user without any rights or helper: in a home of its own, with a pool that
 * root mounted and whose folder is the user's. `end` stops and deletes everything.
 */
export class OrdinaryUser {
  readonly folder: string;
  readonly home: string;
  /** The folder on the pool that belongs to the user. */
  readonly pool: string;
  readonly #pool: LoopPool;

  private constructor(folder: string, pool: LoopPool) {
    this.folder = folder;
    this.home = this.#own("home");
    this.#pool = pool;
    this.pool = join(pool.path, "own");
    mkdirSync(this.pool);
    chownSync(this.pool, uid, gid);
    // The test's folder for pools is root's alone.
    for (const way of [resolve(pool.path, ".."), pool.path]) letThrough(way);
  }

  /** The checkout and the Node that runs this may lie where only root can read. */
  static async open(): Promise<OrdinaryUser> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "forkpoint-user-")));
    for (const way of [tmpdir(), folder]) letThrough(way);
    const { agent, cli } = bundles({ minify: false });
    await build({ ...agent, outdir: join(folder, "dist/agent") });
    await build({ ...cli, outdir: join(folder, "dist") });
    copyFileSync(join(checkout, "package.json"), join(folder, "package.json"));
    copyFileSync(process.execPath, join(folder, "node"));
    chmodSync(join(folder, "node"), 0o755);
    chownSync(folder, uid, gid);
    return new OrdinaryUser(folder, openLoopPool(1024));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Makes a folder that is the user's own. */
  makeFolder(name: string): string {
    return this.#own(name);
  }

  /** Runs a script as the user. */
  sh(script: string, cwd: string): void {
    execFileSync("bash", ["-ec", script], { cwd, uid, gid, env: { PATH: process.env["PATH"] } });
  }

  async run(args: readonly string[]): Promise<{ exitCode: number; out: string; err: string }> {
    const child = spawn(this.path("node"), [this.path("dist/cli.mjs"), ...args], {
      // The groups of root are not the user's.
      uid,
      gid,
      env: { PATH: process.env["PATH"], FORKPOINT_HOME: this.home, HOME: this.home, TMPDIR: "/tmp" },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: this.folder,
    });
    const status = new Promise<number>((done, failed) => {
      child.once("error", failed).once("exit", (code) => done(code ?? -1));
    });
    const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), status]);
    return { exitCode, out, err };
  }

  /** What a command prints with `--json`. @throws Error with all it printed when its status is not 0 */
  async json<T>(...args: string[]): Promise<T> {
    const { exitCode, out, err } = await this.run([...args, "--json"]);
    if (exitCode !== 0) throw new Error(`forkpoint ${args.join(" ")} ended with ${exitCode}: ${out}${err}`);
    return JSON.parse(out) as T;
  }

  /** The error a command prints with `--json`. */
  async error(...args: string[]): Promise<ErrorBody> {
    const { exitCode, out, err } = await this.run([...args, "--json"]);
    if (exitCode === 0) throw new Error(`forkpoint ${args.join(" ")} did not fail: ${out}`);
    return (JSON.parse(err) as { error: ErrorBody }).error;
  }

  log(): string {
    return readFileSync(join(this.home, "logs/agent.log"), "utf8");
  }

  end(): void {
    for (const { pid } of processesWith(`FORKPOINT_HOME=${this.home}`)) send(pid, "SIGKILL");
    this.#pool.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #own(name: string): string {
    const path = this.path(name);
    mkdirSync(path);
    chownSync(path, uid, gid);
    return path;
  }
}

function letThrough(folder: string): void {
  chmodSync(folder, (statSync(folder).mode & 0o7777) | 0o011);
}
