import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Processes } from "../../host/processes.ts";
import { Btrfs } from "../btrfs.ts";
import { invalidStream } from "../sendStream/attributes.ts";
import { readSendStream } from "../sendStream/reader.ts";
import type { LeftOut } from "./deferredAttributes.ts";
import { StreamReceiver } from "./streamReceiver.ts";

/** Commands between two moments for other work of the process. */
const atAStretch = 500;

/**
 * Makes a read-only subvolume in `directory` out of a full stream, with ordinary calls. When it fails nothing is
 * left. Tells what this user could not keep.
 * @throws ForkpointError STREAM_INVALID, POOL_FULL, CANCELLED; whatever `stream` throws
 */
export async function receiveByHand(
  processes: Processes,
  directory: string,
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<LeftOut> {
  const btrfs = new Btrfs(processes);
  let made: { readonly path: string; readonly receiver: StreamReceiver } | null = null;
  let done = 0;
  try {
    for await (const command of readSendStream(stream)) {
      signal.throwIfAborted();
      if (++done % atAStretch === 0) await setImmediate();
      if (made) {
        await made.receiver.apply(command);
        continue;
      }
      if (command.kind !== "subvol") throw invalidStream("it is not that of a whole snapshot");
      const path = join(directory, subvolumeName(command.path));
      await btrfs.createSubvolume(path);
      made = { path, receiver: new StreamReceiver(processes, path, command.uuid, signal) };
    }
    if (!made) throw invalidStream("it is empty");
    await made.receiver.finish();
    await btrfs.setReadOnly(made.path, true);
    return made.receiver.leftOut;
  } catch (thrown) {
    made?.receiver.close();
    if (made) await btrfs.deleteSubvolume(made.path);
    throw thrown;
  }
}

/** @throws ForkpointError STREAM_INVALID */
export function subvolumeName(path: Buffer): string {
  const name = path.toString("utf8");
  const fit = name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);
  if (!fit || !Buffer.from(name).equals(path)) throw invalidStream("the subvolume has no fit name");
  return name;
}
