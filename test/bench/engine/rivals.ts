import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine, Spent } from "./engine.ts";
import { bytesBelow } from "../../support/bytesBelow.ts";
import { measured, measuredPipeline } from "./measured.ts";

export interface RivalPlace {
  /** The folder to copy: the root of a btrfs subvolume. */
  readonly folder: string;
  /** An empty folder on the same btrfs. */
  readonly snapshots: string;
  /** An empty folder for what they keep beside the store. */
  readonly scratch: string;
  /** An empty folder on a btrfs, to rebuild copies in. */
  readonly pulled: string;
}

/** restic, on a folder or a bucket, with the compression it chooses by itself. */
export class Restic implements Engine {
  readonly name: string;
  readonly #program: string;
  readonly #place: RivalPlace;
  readonly #env: NodeJS.ProcessEnv;
  readonly #storedBytes: () => Promise<number>;

  constructor(
    program: string,
    place: RivalPlace,
    store?: { env: NodeJS.ProcessEnv; repository: string; storedBytes: () => Promise<number> },
  ) {
    const [, version = ""] = execFileSync(program, ["version"], { encoding: "utf8" }).split(" ");
    this.name = `restic ${version}`;
    this.#program = program;
    this.#place = place;
    const repository = store?.repository ?? join(place.scratch, "repository");
    this.#storedBytes = store?.storedBytes ?? (() => Promise.resolve(bytesBelow(repository)));
    this.#env = {
      ...store?.env,
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: "bench",
      RESTIC_CACHE_DIR: join(place.scratch, "cache"),
    };
    execFileSync(program, ["init", "--repository-version", "2"], {
      env: { ...process.env, ...this.#env },
      stdio: "ignore",
    });
  }

  push(): Promise<Spent> {
    // 3: a file changed while it was read, as those of a database do.
    return this.#run(["backup", "--quiet", "."], [3]);
  }

  async pull(): Promise<Spent & { path: string }> {
    rmSync(this.#place.pulled, { recursive: true, force: true });
    return this.pullOnto();
  }

  async pullOnto(): Promise<Spent & { path: string }> {
    const path = this.#place.pulled;
    // 1: Debian's one leaves links alone that are there already.
    return { ...(await this.#run(["restore", "--quiet", "latest", "--target", path], [1])), path };
  }

  storedBytes(): Promise<number> {
    return this.#storedBytes();
  }

  end(): Promise<void> {
    rmSync(this.#place.pulled, { recursive: true, force: true });
    rmSync(this.#place.scratch, { recursive: true, force: true });
    return Promise.resolve();
  }

  #run(args: readonly string[], accept: readonly number[] = []): Promise<Spent> {
    return measured([this.#program, ...args], { cwd: this.#place.folder, env: this.#env, accept });
  }
}

/** borg, encrypted, with zstd at level 1. */
export class Borg implements Engine {
  readonly name: string;
  readonly #place: RivalPlace;
  readonly #repository: string;
  readonly #env: NodeJS.ProcessEnv;
  #pushes = 0;

  constructor(place: RivalPlace) {
    this.name = execFileSync("borg", ["--version"], { encoding: "utf8" }).trim();
    this.#place = place;
    this.#repository = join(place.scratch, "repository");
    this.#env = { BORG_PASSPHRASE: "bench", BORG_BASE_DIR: join(place.scratch, "base") };
    const env = { ...process.env, ...this.#env };
    execFileSync("borg", ["init", "--encryption", "repokey-blake2", this.#repository], {
      env,
      stdio: "ignore",
    });
  }

  push(): Promise<Spent> {
    const archive = `${this.#repository}::${++this.#pushes}`;
    return this.#run(["create", "--compression", "zstd,1", archive, "."], this.#place.folder);
  }

  async pull(): Promise<Spent & { path: string }> {
    rmSync(this.#place.pulled, { recursive: true, force: true });
    return this.pullOnto();
  }

  async pullOnto(): Promise<Spent & { path: string }> {
    const path = this.#place.pulled;
    mkdirSync(path, { recursive: true });
    return { ...(await this.#run(["extract", `${this.#repository}::${this.#pushes}`], path)), path };
  }

  storedBytes(): Promise<number> {
    return Promise.resolve(bytesBelow(this.#repository));
  }

  end(): Promise<void> {
    rmSync(this.#place.pulled, { recursive: true, force: true });
    rmSync(this.#place.scratch, { recursive: true, force: true });
    return Promise.resolve();
  }

  #run(args: readonly string[], cwd: string): Promise<Spent> {
    // 1: a warning, such as of a file that changed while it was read.
    return measured(["borg", ...args], { cwd, env: this.#env, accept: [1] });
  }
}

/** `btrfs send | zstd`, one file a snapshot, each against the one before. Nothing is encrypted, shared or checked. */
export class Stream implements Engine {
  readonly name = "send, zstd";
  readonly #place: RivalPlace;
  readonly #snapshots: string[] = [];
  /** How many have been rebuilt. */
  #received = 0;

  constructor(place: RivalPlace) {
    this.#place = place;
    mkdirSync(this.#files, { recursive: true });
  }

  async push(): Promise<Spent> {
    const number = this.#snapshots.length;
    const snapshot = join(this.#place.snapshots, `bench-${number}`);
    const parent = this.#snapshots.at(-1);
    const began = performance.now();
    execFileSync("btrfs", ["subvolume", "snapshot", "-r", this.#place.folder, snapshot], { stdio: "ignore" });
    const snapshotSeconds = (performance.now() - began) / 1000;
    this.#snapshots.push(snapshot);
    const spent = await measuredPipeline(
      `btrfs send -q ${parent === undefined ? "" : '-p "$3"'} "$1" | zstd -q -1 -T0 -o "$2" && sync "$2"`,
      [snapshot, join(this.#files, String(number)), ...(parent === undefined ? [] : [parent])],
    );
    return { ...spent, seconds: spent.seconds + snapshotSeconds };
  }

  async pull(): Promise<Spent & { path: string }> {
    this.#forgetPulled();
    mkdirSync(this.#place.pulled, { recursive: true });
    const path = join(this.#place.pulled, `bench-${this.#snapshots.length - 1}`);
    return { ...(await this.#receive(0)), path };
  }

  async pullOnto(): Promise<Spent & { path: string }> {
    const path = join(this.#place.pulled, `bench-${this.#snapshots.length - 1}`);
    return { ...(await this.#receive(this.#received)), path };
  }

  storedBytes(): Promise<number> {
    return Promise.resolve(bytesBelow(this.#files));
  }

  end(): Promise<void> {
    this.#forgetPulled();
    for (const snapshot of this.#snapshots) deleteSubvolume(snapshot);
    rmSync(this.#place.scratch, { recursive: true, force: true });
    return Promise.resolve();
  }

  get #files(): string {
    return join(this.#place.scratch, "streams");
  }

  /** All from `first` on: each needs the one before. */
  #receive(first: number): Promise<Spent> {
    const files = this.#snapshots.map((_, number) => join(this.#files, String(number))).slice(first);
    this.#received = this.#snapshots.length;
    const script = 'for file in "${@:2}"; do zstd -q -d -c "$file" | btrfs receive -q "$1" || exit 1; done';
    return measuredPipeline(script, [this.#place.pulled, ...files]);
  }

  #forgetPulled(): void {
    for (const number of this.#snapshots.keys()) deleteSubvolume(join(this.#place.pulled, `bench-${number}`));
    rmSync(this.#place.pulled, { recursive: true, force: true });
  }
}

function deleteSubvolume(path: string): void {
  try {
    execFileSync("btrfs", ["subvolume", "delete", path], { stdio: "ignore" });
  } catch {
    // It was never received.
  }
}
