import { geteuid } from "node:process";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Processes } from "../host/processes.ts";
import { ForkpointError } from "../protocol/errors.ts";
import { asPoolError } from "./poolErrors.ts";

/** Lets users delete their own subvolumes; compresses cheaply; reading a file is no change. */
export const mountOptions = "loop,compress=zstd:1,noatime,user_subvol_rm_allowed";

/** The one seam for what needs CAP_SYS_ADMIN: loop mounts, send and receive. */
export class Privileged {
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  /** Whether this process may do any of it. */
  get available(): boolean {
    return geteuid?.() === 0;
  }

  /** Makes a btrfs file system in a file that exists and has its final size. */
  async makeFileSystem(image: string): Promise<void> {
    this.#require("make a pool");
    await this.#processes.run("mkfs.btrfs", ["--quiet", "--", image]);
  }

  async mount(image: string, directory: string): Promise<void> {
    this.#require("mount a pool");
    await this.#processes.run("mount", ["-t", "btrfs", "-o", mountOptions, "--", image, directory]);
  }

  /** Unmounts and frees the loop device. */
  async unmount(directory: string): Promise<void> {
    this.#require("unmount a pool");
    await this.#processes.run("umount", ["-d", "--", directory]);
  }

  /** Frees a loop device that nothing has mounted. */
  async detach(loopDevice: string): Promise<void> {
    this.#require("free a loop device");
    await this.#processes.run("losetup", ["--detach", loopDevice]);
  }

  /**
   * The send stream of a read-only snapshot, as it comes; with `parent` only what differs from it, with
   * `noData` the changed ranges without their bytes. Iteration rejects when send fails, even at its end.
   */
  async *send(
    snapshot: string,
    options: { parent?: string; noData?: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    this.#require("read what changed");
    const args = ["send", "--quiet"];
    if (options.noData) args.push("--no-data");
    if (options.parent !== undefined) args.push("-p", options.parent);
    const { child, ended } = this.#processes.stream("btrfs", [...args, snapshot], { signal });
    if (!child.stdout) throw new Error("btrfs send has no output.");
    // A buffer between the two lets send go on while the reader is busy.
    const output = child.stdout.pipe(new PassThrough({ highWaterMark: 4 * 1024 * 1024 }));
    try {
      for await (const chunk of output) yield chunk as Buffer;
      await ended;
    } catch (thrown) {
      throw asPoolError(thrown, snapshot);
    } finally {
      child.kill("SIGKILL");
      await ended.catch(() => undefined);
    }
  }

  /** Applies a stream with `btrfs receive`; the new subvolume appears in `directory`. */
  async receive(directory: string, stream: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    this.#require("rebuild a snapshot");
    const { child, ended } = this.#processes.stream("btrfs", ["receive", "--quiet", directory], {
      signal,
      stdin: "pipe",
    });
    if (!child.stdin) throw new Error("btrfs receive has no input.");
    const fed = pipeline(Readable.from(stream, { objectMode: false }), child.stdin, { signal });
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
  }

  #require(what: string): void {
    if (!this.available) throw new ForkpointError("NEEDS_ROOT", `It takes root to ${what}.`);
  }
}

function isBrokenPipe(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE";
}
