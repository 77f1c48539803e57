import { mkdir, truncate } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { feedProgram, isBrokenPipe } from "../../host/feedProgram.ts";
import type { Processes } from "../../host/processes.ts";
import { readMountTable } from "../mountTable.ts";
import { asPoolError } from "../poolErrors.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import type { Privileged, SendOptions } from "./privileged.ts";
import { streamPastBulk } from "./streamPastBulk.ts";

/** Lets users delete their own subvolumes; compresses cheaply; reading a file is no change. */
export const mountOptions = "loop,compress=zstd:1,noatime,user_subvol_rm_allowed";

/** The seam as root has it: the programs themselves. */
export class RootPrivileged implements Privileged {
  readonly mode = "root";
  readonly degradations = [];
  readonly mountsFolder = null;
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  async makeFileSystem(image: string): Promise<void> {
    await this.#processes.run("mkfs.btrfs", ["--quiet", "--", image]);
  }

  async mount(image: string, directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    await this.#processes.run("mount", ["-t", "btrfs", "-o", mountOptions, "--", image, directory]);
  }

  async release(image: string, directory: string): Promise<void> {
    const loops = await this.#loopDevices(image);
    for (const { path, source } of await readMountTable()) {
      if (path === directory && loops.includes(source))
        await this.#processes.run("umount", ["-d", "--", path]);
    }
    for (const loop of await this.#loopDevices(image))
      await this.#processes.run("losetup", ["--detach", loop]);
  }

  async grow(image: string, directory: string, size: number): Promise<void> {
    await truncate(image, size);
    for (const loop of await this.#loopDevices(image)) {
      await this.#processes.run("losetup", ["--set-capacity", loop]);
    }
    await this.#processes.run("btrfs", ["filesystem", "resize", "max", directory]);
  }

  async *send(snapshot: string, options: SendOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const args = ["send", "--quiet"];
    if (options.noData) args.push("--no-data");
    if (options.parent !== undefined) args.push("-p", options.parent);
    const { stdout, ended, kill } = await this.#processes.open("btrfs", [...args, snapshot], { signal });
    // A buffer between the two lets send go on while the reader is busy.
    const output = stdout.pipe(new PassThrough({ highWaterMark: 4 * 1024 * 1024 }));
    try {
      for await (const chunk of output) yield chunk as Buffer;
      await ended;
    } catch (thrown) {
      throw asPoolError(thrown, snapshot);
    } finally {
      kill("SIGKILL");
      await ended.catch(() => undefined);
    }
  }

  async receive(
    directory: string,
    commands: AsyncIterable<StreamCommand>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const args = ["receive", "--quiet", directory];
    const { stdin, ended, isAtWork } = await this.#processes.open("btrfs", args, { signal, stdin: true });
    if (!stdin) throw new Error("btrfs receive has no input.");
    const stream = streamPastBulk(commands, directory, { isAtWork, signal });
    const fed = feedProgram(stdin, stream, signal);
    const [feeding, receiving] = await Promise.allSettled([fed, ended]);
    // When receive gives up first, the broken pipe is only the consequence.
    const thrown: unknown =
      receiving.status === "rejected" && !isBrokenPipe(receiving.reason)
        ? receiving.reason
        : feeding.status === "rejected"
          ? feeding.reason
          : undefined;
    if (feeding.status === "rejected" && !isBrokenPipe(feeding.reason))
      throw asPoolError(feeding.reason, directory);
    if (thrown !== undefined) throw asPoolError(thrown, directory);
    return true;
  }

  /** Whatever root copies keeps its owner. */
  restoreOwners(): Promise<void> {
    return Promise.resolve();
  }

  async #loopDevices(image: string): Promise<string[]> {
    const columns = ["--noheadings", "--output", "NAME"];
    const { stdout } = await this.#processes.run("losetup", [...columns, "--associated", image]);
    return stdout
      .toString("utf8")
      .split("\n")
      .flatMap((line) => line.trim() || []);
  }
}
