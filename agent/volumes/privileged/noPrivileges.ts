import type { Log } from "../../host/log.ts";
import type { Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { asPoolError } from "../poolErrors.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { encodeSendStream } from "../sendStream/writer.ts";
import { receiveByHand } from "../walking/receiveByHand.ts";
import { walkedStream } from "../walking/walkedStream.ts";
import type { Privileged, SendOptions } from "./privileged.ts";

/**
 * The seam as an ordinary user has it who has no helper, on pools that are mounted and belong to the user:
 * what btrfs tells root only is found by walking.
 */
export class NoPrivileges implements Privileged {
  readonly mode = "none";
  readonly degradations = [
    "Pools cannot be made or mounted.",
    "Files of other users become your own when they are restored or pulled, and devices are left out.",
    "Comparing and pushing walk through all files instead of asking btrfs, which takes longer.",
  ];
  readonly mountsFolder = null;
  readonly #processes: Processes;
  readonly #log: Log;

  constructor(processes: Processes, log: Log) {
    this.#processes = processes;
    this.#log = log;
  }

  makeFileSystem(): Promise<void> {
    return Promise.reject(needsRoot("make a pool"));
  }

  mount(): Promise<void> {
    return Promise.reject(needsRoot("mount a pool"));
  }

  release(): Promise<void> {
    return Promise.reject(needsRoot("unmount a pool"));
  }

  grow(): Promise<void> {
    return Promise.reject(needsRoot("grow a pool"));
  }

  async *send(snapshot: string, options: SendOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    try {
      yield* encodeSendStream(walkedStream(this.#processes, snapshot, options, signal));
    } catch (thrown) {
      throw asPoolError(thrown, snapshot);
    }
  }

  async receive(
    directory: string,
    commands: AsyncIterable<StreamCommand>,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const leftOut = await receiveByHand(this.#processes, directory, commands, signal);
      const isWhole = Object.values(leftOut).every((count) => count === 0);
      if (!isWhole)
        this.#log.warn("a snapshot was rebuilt without what takes root", { directory, ...leftOut });
      return isWhole;
    } catch (thrown) {
      throw asPoolError(thrown, directory);
    }
  }

  /** An ordinary user cannot give files away. */
  restoreOwners(): Promise<void> {
    return Promise.resolve();
  }
}

function needsRoot(what: string): ForkpointError {
  return new ForkpointError("NEEDS_ROOT", `It takes root to ${what}.`);
}
