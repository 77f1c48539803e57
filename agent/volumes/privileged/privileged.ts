import type { StreamCommand } from "../sendStream/commands.ts";
/** What the agent may do about that which needs CAP_SYS_ADMIN. */
export type PrivilegeMode = "root" | "helper" | "none";

/**
 * The one seam for what needs CAP_SYS_ADMIN: pools in files, send and receive. The agent is root, has the
 * root-owned helper, or has neither; whoever calls this need not know which.
 */
export interface Privileged {
  readonly mode: PrivilegeMode;

  /** What is lost for want of rights: sentences for a person, the gravest first; none when nothing is. */
  readonly degradations: readonly string[];

  /** The folder below which every pool has to be mounted; null when pools may be mounted anywhere. */
  readonly mountsFolder: string | null;

  /**
   * Makes a btrfs file system in a file that exists, is empty and has its final size.
   * @throws ForkpointError NEEDS_ROOT; ProcessFailed
   */
  makeFileSystem(image: string): Promise<void>;

  /**
   * Mounts an image made by `makeFileSystem` at `directory`, which is made when it is missing.
   * @throws ForkpointError NEEDS_ROOT; ProcessFailed
   */
  mount(image: string, directory: string): Promise<void>;

  /**
   * Brings the image back to a plain file of the agent's user, whatever state an interrupted operation left it
   * in: unmounted from `directory`, and without a loop device. What is so already is no error.
   * @throws ForkpointError NEEDS_ROOT, POOL_IN_USE; ProcessFailed when it is busy
   */
  release(image: string, directory: string): Promise<void>;

  /**
   * Makes an image that is mounted at `directory`, and its file system, `size` bytes large. Cut off, it is
   * larger or not; calling it again finishes it.
   * @throws ForkpointError NEEDS_ROOT; ProcessFailed
   */
  grow(image: string, directory: string, size: number): Promise<void>;

  /**
   * The send stream of a read-only snapshot, as it comes; with `parent` only what differs from it, with
   * `noData` the changed ranges without their bytes. Iteration rejects when sending fails, even at its end.
   * @throws ForkpointError CANCELLED, POOL_*; ProcessFailed
   */
  send(snapshot: string, options: SendOptions, signal: AbortSignal): AsyncGenerator<Buffer>;

  /**
   * Applies the commands of a full stream; the new subvolume appears in `directory`. Gives whether it is all that they
   * say: without root's rights some of it may have to be left out. The bytes of a command are not used any more once
   * the next one is asked for.
   * @throws ForkpointError CANCELLED, POOL_FULL, STREAM_INVALID; whatever `commands` throws
   */
  receive(directory: string, commands: AsyncIterable<StreamCommand>, signal: AbortSignal): Promise<boolean>;

  /**
   * Gives entries of a live volume the owners that they have in a read-only snapshot on the same pool, as far
   * as whoever changed the volume could not do so in the first place. Paths are bytes relative to the volume's
   * root, which keeps its owner; what is missing is passed over.
   */
  restoreOwners(
    what: { snapshot: string; volume: string; paths: readonly Buffer[] },
    signal: AbortSignal,
  ): Promise<void>;
}

export interface SendOptions {
  /** A read-only snapshot on the same pool. */
  readonly parent?: string;
  readonly noData?: boolean;
}
