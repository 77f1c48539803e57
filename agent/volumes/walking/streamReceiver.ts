import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import type { Processes } from "../../host/processes.ts";
import { invalidStream } from "../sendStream/attributes.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { DeferredAttributes, type LeftOut } from "./deferredAttributes.ts";
import { ReceivedPaths } from "./receivedPaths.ts";
import { SystemCalls, wasNotPermitted } from "./systemCalls.ts";

/** What the kernel answers to commands that do not fit what earlier ones made. */
const unfitting = new Set([
  "EEXIST",
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "ENOTEMPTY",
  "ELOOP",
  "ENAMETOOLONG",
  "EINVAL",
  "ENXIO",
]);
const copyBytes = 1024 * 1024;

/**
 * Makes, in an empty subvolume, what the commands of a full stream say, with ordinary calls. Nothing outside is
 * touched, whatever the stream says.
 */
export class StreamReceiver {
  readonly leftOut: LeftOut = { owners: 0, attributes: 0, special: 0 };
  readonly #paths: ReceivedPaths;
  readonly #attributes: DeferredAttributes;
  readonly #calls: SystemCalls;
  readonly #uuid: Buffer;
  /** Special entries this user could not make, as Latin-1: what else is said of them is left out too. */
  readonly #missing = new Set<string>();
  #open: { readonly path: Buffer; readonly file: number } | null = null;

  /**
   * @param root the subvolume, writable
   * @param uuid that of the stream's own snapshot
   */
  constructor(processes: Processes, root: string, uuid: Buffer, signal: AbortSignal) {
    this.#uuid = uuid;
    this.#paths = new ReceivedPaths(root);
    const { leftOut } = this;
    this.#attributes = new DeferredAttributes({ processes, root, paths: this.#paths, leftOut, signal });
    this.#calls = new SystemCalls(processes, root, signal);
  }

  /** @throws ForkpointError STREAM_INVALID; errors of the file system */
  async apply(command: StreamCommand): Promise<void> {
    try {
      await this.#apply(command);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === undefined || !unfitting.has(code)) throw thrown;
      throw invalidStream(`${command.kind} does not fit what it made before (${code})`);
    }
  }

  /** Sets what was put off; to be called when all commands are through. */
  async finish(): Promise<void> {
    this.close();
    await this.#attributes.apply();
  }

  /** Closes the file that is open, if any. */
  close(): void {
    if (this.#open) closeSync(this.#open.file);
    this.#open = null;
  }

  async #apply(command: StreamCommand): Promise<void> {
    if ("path" in command && this.#missing.has(command.path.toString("latin1"))) {
      this.#applyToMissing(command);
      return;
    }
    switch (command.kind) {
      case "mkfile": {
        const { O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW } = constants;
        this.#keepOpen(command.path, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW);
        return;
      }
      case "mkdir":
        mkdirSync(this.#paths.inner(command.path), 0o700);
        return;
      case "symlink":
        symlinkSync(command.target, this.#paths.inner(command.path));
        return;
      case "mknod":
      case "mkfifo":
      case "mksock":
        await this.#makeSpecial(command);
        return;
      case "rename":
        renameSync(this.#paths.inner(command.path), this.#paths.inner(command.to));
        this.#paths.forget();
        this.#attributes.renamed(command.path, command.to);
        return;
      case "link":
        this.#link(command.path, command.target);
        return;
      case "unlink":
        // The file may have other names, and what was asked for is kept by this one.
        if (this.#attributes.has(command.path)) await this.#attributes.apply();
        unlinkSync(this.#paths.inner(command.path));
        return;
      case "rmdir":
        rmdirSync(this.#paths.inner(command.path));
        this.#attributes.forget(command.path);
        this.#paths.forget();
        return;
      case "write":
        writeAll(this.#fileAt(command.path), command.data, command.offset);
        return;
      case "clone":
        this.#clone(command);
        return;
      case "truncate":
        ftruncateSync(this.#fileAt(command.path), command.size);
        return;
      case "chmod":
      case "chown":
      case "utimes":
      case "setXattr":
      case "removeXattr":
        this.#attributes.add(command);
        return;
      case "updateExtent":
        throw invalidStream("it has no data");
      case "subvol":
      case "snapshot":
        throw invalidStream(`it has ${command.kind} in its middle`);
      case "end":
        return;
    }
  }

  async #makeSpecial(command: StreamCommand & { kind: "mknod" | "mkfifo" | "mksock" }): Promise<void> {
    const { path, mode, rdev } = command;
    this.#paths.inner(path);
    const made = await this.#calls.makeSpecials([{ path, mode, rdev }]).catch((thrown: unknown) => {
      if (wasNotPermitted(thrown)) return false;
      throw thrown;
    });
    if (made) return;
    this.leftOut.special++;
    this.#missing.add(path.toString("latin1"));
  }

  #link(path: Buffer, target: Buffer): void {
    if (this.#missing.has(target.toString("latin1"))) {
      this.#missing.add(path.toString("latin1"));
      return;
    }
    linkSync(this.#paths.inner(target), this.#paths.inner(path));
  }

  #applyToMissing(command: StreamCommand & { path: Buffer }): void {
    if (command.kind === "rename") this.#missing.add(command.to.toString("latin1"));
    if (command.kind === "rename" || command.kind === "unlink") {
      this.#missing.delete(command.path.toString("latin1"));
    }
  }

  #clone(command: StreamCommand & { kind: "clone" }): void {
    if (!command.cloneUuid.equals(this.#uuid)) throw invalidStream("it copies from another snapshot");
    const { O_RDONLY, O_NOFOLLOW } = constants;
    const source = openSync(this.#paths.inner(command.clonePath), O_RDONLY | O_NOFOLLOW);
    try {
      const buffer = Buffer.alloc(Math.min(copyBytes, command.length));
      for (let done = 0; done < command.length;) {
        const length = Math.min(buffer.length, command.length - done);
        const count = readSync(source, buffer, 0, length, command.cloneOffset + done);
        if (count === 0) throw invalidStream("it copies what is not there");
        writeAll(this.#fileAt(command.path), buffer.subarray(0, count), command.offset + done);
        done += count;
      }
    } finally {
      closeSync(source);
    }
  }

  #fileAt(path: Buffer): number {
    if (this.#open?.path.equals(path)) return this.#open.file;
    const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
    return this.#keepOpen(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  }

  #keepOpen(path: Buffer, flags: number): number {
    this.close();
    const file = openSync(this.#paths.inner(path), flags, 0o600);
    if (!fstatSync(file).isFile()) {
      closeSync(file);
      throw invalidStream("it writes to what is no file");
    }
    this.#open = { path, file };
    return file;
  }
}

function writeAll(file: number, data: Uint8Array, offset: number): void {
  for (let at = 0; at < data.length;) at += writeSync(file, data, at, data.length - at, offset + at);
}
