import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { feedProgram, isBrokenPipe } from "../../host/feedProgram.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { RequestOf } from "../../volumes/privileged/helperContract.ts";
import { ReceiveRules } from "../../volumes/privileged/receiveRules.ts";
import type { StreamCommand } from "../../volumes/sendStream/commands.ts";
import { readSendStream } from "../../volumes/sendStream/reader.ts";
import { encodeSendStream } from "../../volumes/sendStream/writer.ts";
import type { Call } from "../caller.ts";
import type { HeldFolder } from "../heldFolder.ts";
import { openInPool, openPool } from "../mountedPool.ts";
import { run, start } from "../programs.ts";
import { takeBack } from "../recovery.ts";
import { sandboxed } from "../sandbox.ts";

/**
 * Receives into a folder that is root's alone, so that nobody can put links in the way meanwhile, and where
 * the program sees nothing else of the pool; then makes a snapshot of it in the wanted folder.
 * @throws ForkpointError STREAM_INVALID, STREAM_REFUSED, POOL_FULL, POOL_EXISTS, PATH_NOT_FOUND
 */
export async function receive(
  call: Call,
  { name, directory }: RequestOf<"receive">,
  stream: AsyncIterable<Uint8Array>,
): Promise<void> {
  const pool = openPool(call, name);
  const folder = openInPool(pool, directory);
  const staging = `.forkpoint-receiving-${randomBytes(6).toString("hex")}`;
  const id = call.registry.begin(call.uid, call.mark, { kind: "receive", name, directory, staging });
  try {
    mkdirSync(folder.pathOf(staging), { mode: 0o700 });
    const inside = folder.enter(staging);
    if (inside.stat().uid !== 0n) throw new ForkpointError("POOL_EXISTS", "The folder was replaced.");
    const received = await feed(inside, checked(stream, call.uid));
    if (folder.find(received)) {
      throw new ForkpointError("POOL_EXISTS", `There is something at ${directory}/${received} already.`);
    }
    const shown = [
      { descriptor: 3, at: "/from", writable: true },
      { descriptor: 4, at: "/to", writable: true },
    ];
    const command = ["btrfs", "subvolume", "snapshot", "-r", `/from/${received}`, `/to/${received}`];
    await run(...sandboxed(shown, command), [inside.fd, folder.fd]);
    inside.close();
  } finally {
    await takeBack(call, id);
  }
}

/** What came of the check: the commands that may pass, and the name of the volume that they make. */
interface Checked {
  readonly commands: AsyncGenerator<StreamCommand>;
  readonly volume: () => string;
}

function checked(stream: AsyncIterable<Uint8Array>, uid: number): Checked {
  let volume: string | null = null;
  async function* commands(): AsyncGenerator<StreamCommand> {
    const rules = new ReceiveRules();
    for await (const command of readSendStream(stream)) {
      const refusal = rules.refusal(command);
      if (refusal !== null) {
        throw new ForkpointError("STREAM_REFUSED", `The send stream is not taken: ${refusal}.`);
      }
      if (command.kind === "subvol") volume = command.path.toString("utf8");
      // Whose root folder it is may delete it.
      const isRootOwner = command.kind === "chown" && command.path.length === 0;
      yield isRootOwner ? { ...command, uid } : command;
      if (command.kind === "subvol") yield { kind: "chown", path: Buffer.alloc(0), uid, gid: 0 };
    }
  }
  return {
    commands: commands(),
    volume() {
      if (volume === null) throw new ForkpointError("STREAM_INVALID", "The send stream makes no volume.");
      return volume;
    },
  };
}

/** Feeds `btrfs receive` with what passed; gives the name of the volume. */
async function feed(inside: HeldFolder, { commands, volume }: Checked): Promise<string> {
  const shown = [{ descriptor: 3, at: "/pool", writable: true }];
  const [program, args] = sandboxed(shown, ["btrfs", "receive", "--quiet", "/pool"]);
  const { child, ended } = start(program, args, ["pipe", "ignore", "pipe", inside.fd]);
  if (!child.stdin) throw new Error("btrfs receive has no input.");
  // What it gets is written anew from what was understood: it cannot read it in another way than we did.
  const fed = feedProgram(child.stdin, encodeSendStream(commands));
  // Refused, its input ends, and with it the program.
  const [feeding, receiving] = await Promise.allSettled([fed, ended]);
  if (feeding.status === "rejected" && !isBrokenPipe(feeding.reason)) throw feeding.reason;
  if (receiving.status === "rejected") throw receiving.reason;
  return volume();
}
