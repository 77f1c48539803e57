import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import type { Processes } from "../../host/processes.ts";
import { invalidStream } from "../sendStream/attributes.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { copyRange, writeAll } from "./copyRange.ts";
import { DeferredAttributes, type LeftOut } from "./deferredAttributes.ts";
import { OpenedUp } from "./openedUp.ts";
import { ReceivedPaths } from "./receivedPaths.ts";
import { SharedCopies, type StreamParent } from "./sharedCopies.ts";
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

/**
 * Makes, in a subvolume, what the commands of a stream say, with ordinary calls: in an empty one those of a full
 * stream, in a writable snapshot of its parent those of a difference. Nothing outside is touched, whatever the
 * stream says.
 */
export class StreamReceiver {
  readonly leftOut: LeftOut = { owners: 0, attributes: 0, special: 0 };
  readonly #paths: ReceivedPaths;
  readonly #attributes: DeferredAttributes;
  readonly #calls: SystemCalls;
  readonly #uuid: Buffer;
  readonly #copies: SharedCopies | null;
  readonly #access: OpenedUp | null;
  /** Special entries this user could not make, as Latin-1: what else is said of them is left out too. */
  readonly #missing = new Set<string>();
  #open: { readonly path: Buffer; readonly file: number } | null = null;

  /**
   * @param root the subvolume, writable
   * @param uuid that of the stream's own snapshot
   * @param parent null for a full stream
   */
  constructor(
    processes: Processes,
    root: string,
    uuid: Buffer,
    signal: AbortSignal,
    parent: StreamParent | null = null,
  ) {
    this.#uuid = uuid;
    this.#paths = new ReceivedPaths(root);
    const { leftOut } = this;
    this.#attributes = new DeferredAttributes({ processes, root, paths: this.#paths, leftOut, signal });
    this.#calls = new SystemCalls(processes, root, signal);
    this.#copies = parent && new SharedCopies(parent, this.#calls);
    this.#access = parent && new OpenedUp(root, this.#attributes);
  }

  /** @throws ForkpointError STREAM_INVALID; errors of the file system */
  async apply(command: StreamCommand): Promise<void> {
    try {
      await this.#applyWithAccess(command);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === undefined || !unfitting.has(code)) throw thrown;
      throw invalidStream(`${command.kind} does not fit what it made before (${code})`);
    }
  }

  /** Sets what was put off; to be called when all commands are through. */
  async finish(): Promise<void> {
    await this.#copies?.share();
    this.close();
    await this.#attributes.apply();
  }

  /** Closes the file that is open, if any. */
  close(): void {
    if (this.#open) closeSync(this.#open.file);
    this.#open = null;
  }

  /** What an earlier snapshot had closed is opened up when that is in the way; its mode is set again in the end. */
  async #applyWithAccess(command: StreamCommand): Promise<void> {
    try {
      await this.#apply(command);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code !== "EACCES" || !this.#access?.openFor(command)) throw thrown;
      await this.#apply(command);
    }
  }

  async #apply(command: StreamCommand): Promise<void> {
    if (!withCopiesPending.has(command.kind)) await this.#copies?.share();
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
        await this.#copies?.shareInto(command.path);
        writeAll(this.#fileAt(command.path), command.data, command.offset);
        return;
      case "clone":
        await this.#clone(command);
        return;
      case "truncate":
        await this.#copies?.shareInto(command.path);
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

  async #clone(command: StreamCommand & { kind: "clone" }): Promise<void> {
    const { path, clonePath } = command;
    if (this.#copies?.isFrom(command.cloneUuid)) {
      await this.#copies.add(command, this.#fileAt(path), this.#paths.inner(path));
      return;
    }
    if (!command.cloneUuid.equals(this.#uuid)) throw invalidStream("it copies from another snapshot");
    await this.#copies?.share();
    copyRange(this.#paths.inner(clonePath), this.#fileAt(path), {
      from: command.cloneOffset,
      to: command.offset,
      length: command.length,
    });
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

/** Commands during which files may still wait for the blocks they are to share. */
const withCopiesPending = new Set<StreamCommand["kind"]>([
  ...(["write", "truncate", "clone", "mkfile", "mkdir"] as const),
  ...(["chmod", "chown", "utimes", "setXattr", "removeXattr", "end"] as const),
]);
