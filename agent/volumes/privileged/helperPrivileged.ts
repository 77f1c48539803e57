import { dirname, join, relative } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { feedProgram, isBrokenPipe } from "../../host/feedProgram.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { encodeSendStream } from "../sendStream/writer.ts";
import type { HelperCall, HelperClient } from "./helperClient.ts";
import { ordinaryStream } from "./ordinaryStream.ts";
import type { Privileged, SendOptions } from "./privileged.ts";

const nul = Buffer.from("\0");

/** The seam as an ordinary user has it who may call the root-owned helper. */
export class HelperPrivileged implements Privileged {
  readonly mode = "helper";
  readonly degradations = [
    "Files that only other users may read cannot be restored or pushed; the rest of a snapshot can.",
    "Device files, setuid bits and attributes that only root may set are left out when a project is pulled.",
  ];
  readonly mountsFolder: string;
  readonly #client: HelperClient;
  /** For pools that the helper does not know: folders on a btrfs that somebody else mounted. */
  readonly #elsewhere: Privileged;

  constructor(client: HelperClient, mountsFolder: string, elsewhere: Privileged) {
    this.#client = client;
    this.mountsFolder = mountsFolder;
    this.#elsewhere = elsewhere;
  }

  async makeFileSystem(image: string): Promise<void> {
    await this.#client.ask({ verb: "makePool", image });
  }

  async mount(image: string, directory: string): Promise<void> {
    const name = relative(this.mountsFolder, directory);
    if (dirname(directory) !== this.mountsFolder) {
      throw new ForkpointError("MOUNT_REFUSED", `A pool cannot be mounted at ${directory}.`);
    }
    await this.#client.ask({ verb: "mount", image, name });
  }

  async release(image: string): Promise<void> {
    await this.#client.ask({ verb: "forget", image });
  }

  async grow(_image: string, directory: string, size: number): Promise<void> {
    await this.#client.ask({ verb: "grow", name: this.#placeOf(directory)?.name ?? "", size });
  }

  async *send(snapshot: string, options: SendOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const place = this.#placeOf(snapshot);
    const parent = options.parent === undefined ? undefined : this.#placeOf(options.parent);
    if (!place || parent === null) {
      yield* this.#elsewhere.send(snapshot, options, signal);
      return;
    }
    signal.throwIfAborted();
    const call = this.#client.begin({
      verb: "send",
      name: place.name,
      snapshot: place.path,
      ...(parent ? { parent: parent.path } : {}),
      noData: options.noData ?? false,
    });
    const end = endWith(call, signal);
    try {
      // A buffer between the two lets send go on while the reader is busy.
      const output = call.output.pipe(new PassThrough({ highWaterMark: 4 * 1024 * 1024 }));
      call.output.once("close", () => output.end());
      for await (const chunk of output) yield chunk as Buffer;
      await call.ended;
    } catch (thrown) {
      throw signal.aborted ? cancelled(thrown) : thrown;
    } finally {
      await end();
    }
  }

  async receive(
    directory: string,
    commands: AsyncIterable<StreamCommand>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const place = this.#placeOf(directory);
    if (!place) return this.#elsewhere.receive(directory, commands, signal);
    signal.throwIfAborted();
    let isWhole = true;
    const leftOut = () => {
      isWhole = false;
    };
    const ordinary = encodeSendStream(ordinaryStream(commands, leftOut));
    await this.#feed({ verb: "receive", name: place.name, directory: place.path }, ordinary, signal);
    return isWhole;
  }

  async restoreOwners(
    what: { snapshot: string; volume: string; paths: readonly Buffer[] },
    signal: AbortSignal,
  ): Promise<void> {
    const [snapshot, volume] = [this.#placeOf(what.snapshot), this.#placeOf(what.volume)];
    if (!snapshot || !volume) return this.#elsewhere.restoreOwners(what, signal);
    if (what.paths.length === 0) return;
    signal.throwIfAborted();
    const paths = what.paths.flatMap((path) => [path, nul]);
    const request = {
      verb: "restoreOwners",
      name: volume.name,
      snapshot: snapshot.path,
      volume: volume.path,
    } as const;
    await this.#feed(request, Readable.from([Buffer.concat(paths)], { objectMode: false }), signal);
  }

  async #feed(
    request: Parameters<HelperClient["begin"]>[0],
    input: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    const call = this.#client.begin(request);
    const end = endWith(call, signal);
    try {
      call.output.resume();
      const fed = feedProgram(call.input, input, signal);
      const [feeding, answer] = await Promise.allSettled([fed, call.ended]);
      // What the source of the stream says comes first; a helper that reads no more has said why.
      if (feeding.status === "rejected" && !isBrokenPipe(feeding.reason)) throw feeding.reason;
      if (answer.status === "rejected") throw answer.reason;
    } catch (thrown) {
      throw signal.aborted ? cancelled(thrown) : thrown;
    } finally {
      await end();
    }
  }

  /** Where a path lies in a pool of the helper's; null when in none. */
  #placeOf(path: string): { name: string; path: string } | null {
    const [name = "", ...rest] = relative(this.mountsFolder, path).split("/");
    if (name === ".." || name === "" || join(this.mountsFolder, name, ...rest) !== path) return null;
    return { name, path: rest.join("/") };
  }
}

/** Makes the helper give up when `signal` says so; what it returns, in any case, and waits until it ended. */
function endWith(call: HelperCall, signal: AbortSignal): () => Promise<void> {
  const giveUp = () => call.giveUp();
  signal.addEventListener("abort", giveUp);
  return async () => {
    signal.removeEventListener("abort", giveUp);
    call.giveUp();
    await call.ended.catch(() => undefined);
  };
}

function cancelled(cause: unknown): ForkpointError {
  return new ForkpointError("CANCELLED", "Cancelled.", { cause });
}
