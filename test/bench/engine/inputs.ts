import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../../support/freePort.ts";
import { seededRandom } from "../../support/randomEdits.ts";

const mib = 1024 * 1024;
const pageBytes = 8192;
const checkout = resolve(import.meta.dirname, "../../..");

/** Unpacks Debian's source of a Linux into `linux` below a folder; what is there of another goes. */
export function unpackLinux(version: string, folder: string): void {
  const target = join(folder, "linux");
  execFileSync("rm", ["-rf", "--", target]);
  mkdirSync(target, { recursive: true });
  const archive = `/usr/src/linux-source-${version}.tar.xz`;
  execFileSync("tar", ["--extract", "--file", archive, "--directory", target, "--strip-components=1"]);
}

/** Puts the next version in place of the one that is there, as an upgrade does: what is the same stays. */
export function upgradeLinux(version: string, folder: string, scratch: string): void {
  unpackLinux(version, scratch);
  execFileSync("rsync", [
    "--archive",
    "--delete",
    "--checksum",
    `${join(scratch, "linux")}/`,
    join(folder, "linux"),
  ]);
  execFileSync("rm", ["-rf", "--", join(scratch, "linux")]);
}

/** Copies this project's own installed packages. */
export function copyNodeModules(folder: string): void {
  cpSync(join(checkout, "node_modules"), join(folder, "node_modules"), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

export function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory())
    .length;
}

/** A file of random bytes, which nothing compresses. */
export function writeRandom(file: string, mebibytes: number): void {
  const handle = openSync(file, "w");
  for (let done = 0; done < mebibytes; done++) writeSync(handle, randomBytes(mib));
  closeSync(handle);
}

/** Changes one byte in the middle. */
export function changeOneByte(file: string): void {
  const handle = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  const middle = 512 * mib + 12_345;
  readSync(handle, byte, 0, 1, middle);
  writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 0xff]), 0, 1, middle);
  closeSync(handle);
}

/** A file of pages as databases write them: rows of text and numbers, and some free space. */
export function writeDatabase(file: string, mebibytes: number): void {
  const random = seededRandom(11);
  const handle = openSync(file, "w");
  const pages = (mebibytes * mib) / pageBytes;
  for (let number = 0; number < pages; number++) writeSync(handle, page(random, number));
  closeSync(handle);
}

/** Rewrites a share of the pages of such a file, all over it. */
export function changePages(file: string, mebibytes: number, share: number): void {
  const random = seededRandom(12);
  const handle = openSync(file, "r+");
  const pages = (mebibytes * mib) / pageBytes;
  for (let changed = 0; changed < pages * share; changed++) {
    const number = Math.floor(random() * pages);
    writeSync(handle, page(random, number), 0, pageBytes, number * pageBytes);
  }
  closeSync(handle);
}

function page(random: () => number, number: number): Buffer {
  const bytes = Buffer.alloc(pageBytes);
  bytes.writeUInt32LE(number, 0);
  for (let at = 64; at < pageBytes - 900;) {
    const id = Math.floor(random() * 1e9);
    at += bytes.write(
      `${id}|user-${id % 997}@example.org|${(random() * 1000).toFixed(2)}|2026-01-0${1 + (id % 9)}\n`,
      at,
    );
  }
  return bytes;
}

/** A PostgreSQL with its data below a folder, and a load on it until `end`. */
export class LoadedPostgres {
  readonly #programs: string;
  readonly #data: string;
  readonly #port: number;
  #load: ReturnType<typeof spawn> | null = null;

  private constructor(programs: string, data: string, port: number) {
    this.#programs = programs;
    this.#data = data;
    this.#port = port;
  }

  static async start(folder: string): Promise<LoadedPostgres> {
    const [version = ""] = readdirSync("/usr/lib/postgresql").toSorted().toReversed();
    const programs = join("/usr/lib/postgresql", version, "bin");
    const data = join(folder, "data");
    mkdirSync(data);
    const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, "postgres"]))) as [
      number,
      number,
    ];
    chownSync(data, uid, gid);
    // PostgreSQL runs as a user of its own, who must be let through to it.
    for (let above = dirname(data); above !== tmpdir() && above !== "/"; above = dirname(above)) {
      chmodSync(above, statSync(above).mode | 0o011);
    }
    const server = new LoadedPostgres(programs, data, await freePort());
    server.#run("initdb", "--pgdata", data, "--auth", "trust");
    const options = `-p ${server.#port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    server.#run(
      "pg_ctl",
      "start",
      "--wait",
      "--silent",
      "--pgdata",
      data,
      "--log",
      join(data, "log"),
      "--options",
      options,
    );
    server.#run("pgbench", "--initialize", "--quiet", "--scale", "20", ...server.#where);
    return server;
  }

  /** Begins a load that writes all the time, gently enough to leave room for what is measured. */
  load(): void {
    const argv = ["pgbench", "--time", "3600", "--rate", "200", "--client", "4", ...this.#where];
    this.#load = spawn(
      "runuser",
      ["-u", "postgres", "--", join(this.#programs, argv[0] ?? ""), ...argv.slice(1)],
      {
        stdio: "ignore",
        cwd: dirname(this.#data),
        detached: true,
      },
    );
  }

  async end(): Promise<void> {
    const load = this.#load;
    if (load?.pid !== undefined && load.exitCode === null) {
      process.kill(-load.pid, "SIGTERM");
      await once(load, "exit");
      await pause(200);
    }
    this.#run("pg_ctl", "stop", "--wait", "--silent", "--mode", "fast", "--pgdata", this.#data);
  }

  get #where(): readonly string[] {
    return ["--host", "127.0.0.1", "--port", String(this.#port), "postgres"];
  }

  #run(program: string, ...args: readonly string[]): void {
    execFileSync("runuser", ["-u", "postgres", "--", join(this.#programs, program), ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: dirname(this.#data),
    });
  }
}
