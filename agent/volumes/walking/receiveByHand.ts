import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Processes } from "../../host/processes.ts";
import { Btrfs } from "../btrfs.ts";
import { invalidStream } from "../sendStream/attributes.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import type { LeftOut } from "./deferredAttributes.ts";
import { StreamReceiver } from "./streamReceiver.ts";

/** Commands between two moments for other work of the process. */
const atAStretch = 500;

/**
 * Makes a read-only subvolume in `directory` out of the commands of a full stream, with ordinary calls. When it fails
 * nothing is left. Tells what this user could not keep.
 * @throws ForkpointError STREAM_INVALID, POOL_FULL, CANCELLED; whatever `commands` throws
 */
export async function receiveByHand(
  processes: Processes,
  directory: string,
  commands: AsyncIterable<StreamCommand>,
  signal: AbortSignal,
): Promise<LeftOut> {
  const btrfs = new Btrfs(processes);
  let made: { readonly path: string; readonly receiver: StreamReceiver } | null = null;
  let done = 0;
  let isWhole = false;
  try {
    for await (const command of commands) {
      signal.throwIfAborted();
      if (++done % atAStretch === 0) await setImmediate();
      isWhole = command.kind === "end";
      if (made) {
        await made.receiver.apply(command);
        continue;
      }
      if (command.kind !== "subvol") throw invalidStream("it is not that of a whole snapshot");
      const path = join(directory, subvolumeName(command.path));
      await btrfs.createSubvolume(path);
      made = { path, receiver: new StreamReceiver(processes, path, command.uuid, signal) };
    }
    if (!made || !isWhole) throw invalidStream("it is cut off");
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
