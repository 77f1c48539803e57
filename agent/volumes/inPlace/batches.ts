import { geteuid } from "node:process";
import type { Processes } from "../../host/processes.ts";
import { asPoolError } from "../poolErrors.ts";

const nul = Buffer.from("\0");
const here = Buffer.from("./");

/**
 * Programs that take many paths at once. Paths are bytes relative to `folder` and go in through a pipe, since
 * an argument list of ours can hold text only.
 */
export class Batches {
  readonly #processes: Processes;
  readonly #signal: AbortSignal;

  constructor(processes: Processes, signal: AbortSignal) {
    this.#processes = processes;
    this.#signal = signal;
  }

  /**
   * Copies entries that are no folders, with everything stat and getfattr know, to the same paths below
   * `destination`, on the same file system, sharing their blocks. Folders on the way are made.
   */
  async copy(folder: string, paths: readonly Buffer[], destination: string): Promise<void> {
    const cp = ["cp", "--archive", "--no-preserve=links", "--reflink=auto", "--parents"];
    const args = ["--null", "--no-run-if-empty", ...cp, `--target-directory=${destination}`, "--"];
    await this.#run("xargs", args, folder, list(paths), destination);
  }

  /** Lets the owner write into every folder at and below `folder`. */
  async openFolders(folder: string): Promise<void> {
    const closed = [".", "-type", "d", "!", "-perm", "-u=rwx"];
    await this.#run(
      "find",
      [...closed, "-exec", "chmod", "u+rwx", "--", "{}", ";"],
      folder,
      Buffer.alloc(0),
      folder,
    );
  }

  /** Gives folders of `to` the owner, mode, times, attributes and ACLs that they have in `from`. */
  async copyFolderAttributes(from: string, paths: readonly Buffer[], to: string): Promise<void> {
    // Only root may give away; to try would fail.
    const owner = geteuid?.() === 0 ? "--same-owner" : "--no-same-owner";
    const every = ["--acls", "--xattrs", "--xattrs-include=*", "--format=posix"];
    for (let at = 0; at < paths.length; at += 2000) {
      const input = list(paths.slice(at, at + 2000));
      const create = ["--create", "--no-recursion", "--null", "--files-from=-", "--numeric-owner", ...every];
      const archive = await this.#run("tar", create, from, input, to);
      const extract = ["--extract", "--preserve-permissions", owner, "--numeric-owner", ...every];
      await this.#run("tar", extract, to, archive, to);
    }
  }

  /** Takes one extended attribute, named by bytes that are text, from folders. */
  async removeAttribute(folder: string, name: string, paths: readonly Buffer[]): Promise<void> {
    const args = ["--null", "--no-run-if-empty", "setfattr", "--no-dereference", "-x", name, "--"];
    await this.#run("xargs", args, folder, list(paths), folder);
  }

  async #run(
    program: string,
    args: string[],
    cwd: string,
    input: Uint8Array,
    where: string,
  ): Promise<Buffer> {
    try {
      const { stdout } = await this.#processes.run(program, args, { cwd, input, signal: this.#signal });
      return stdout;
    } catch (thrown) {
      throw asPoolError(thrown, where);
    }
  }
}

/** A leading `./` keeps a path that begins with a hyphen from being taken for an option. */
function list(paths: readonly Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [here, path, nul]));
}
