import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Processes } from "../../host/processes.ts";
import { Btrfs } from "../btrfs.ts";
import { asPoolError } from "../poolErrors.ts";
import { invalidStream } from "../sendStream/attributes.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import { subvolumeName } from "./receiveByHand.ts";
import { StreamReceiver } from "./streamReceiver.ts";

/** Commands between two moments for other work of the process. */
const atAStretch = 500;

/**
 * Makes a read-only subvolume in `directory` out of a snapshot on the same pool and the commands that lead from it to
 * what is wanted, with ordinary calls. It is exactly that, or nothing is left: what this user may not do is an error here.
 * @param parent the absolute path of the snapshot, which nobody deletes meanwhile
 * @throws ForkpointError STREAM_INVALID, POOL_FULL, POOL_READ_ONLY, CANCELLED; errors of the file system and of programs; what `commands` throws
 */
export async function receiveOnto(
  processes: Processes,
  directory: string,
  parent: string,
  commands: AsyncIterable<StreamCommand>,
  signal: AbortSignal,
): Promise<void> {
  const btrfs = new Btrfs(processes);
  await refusePlaceholders(processes, parent, signal);
  let made: { readonly path: string; readonly receiver: StreamReceiver } | null = null;
  let done = 0;
  try {
    for await (const command of commands) {
      signal.throwIfAborted();
      if (++done % atAStretch === 0) await setImmediate();
      if (made) {
        await made.receiver.apply(command);
        continue;
      }
      if (command.kind !== "snapshot") throw invalidStream("it is no difference");
      const path = join(directory, subvolumeName(command.path));
      await btrfs.snapshot(parent, path, { readOnly: false });
      const from = { path: parent, uuid: command.cloneUuid };
      made = { path, receiver: new StreamReceiver(processes, path, command.uuid, signal, from) };
    }
    if (!made) throw invalidStream("it is empty");
    await made.receiver.finish();
    const { owners, attributes, special } = made.receiver.leftOut;
    const left = owners + attributes + special;
    if (left > 0) throw new Error(`This user may not set all attributes (${left} are left).`);
    await btrfs.setReadOnly(made.path, true);
  } catch (thrown) {
    made?.receiver.close();
    if (made) await btrfs.deleteSubvolume(made.path);
    throw asPoolError(thrown, directory);
  }
}

/** Where a subvolume lay in the volume, its snapshots have an empty folder that no stream and no tree knows of. */
async function refusePlaceholders(
  processes: Processes,
  snapshot: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [".", "-xdev", "-inum", "2", "-print0", "-quit"];
  const { stdout } = await processes.run("find", args, { cwd: snapshot, signal });
  if (stdout.length > 0) throw invalidStream("its parent has a folder in the place of a subvolume");
}
