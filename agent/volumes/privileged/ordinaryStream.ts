import type { StreamCommand } from "../sendStream/commands.ts";
import { isOrdinaryAttribute, ReceiveRules } from "./receiveRules.ts";

/**
 * A full stream without what the helper does not take from an ordinary user: devices, the bits that let a file
 * run with the rights of its owner, and the attributes that only root may set. What else it refuses passes, and
 * is refused.
 * @param leftOut called for whatever does not pass
 */
export async function* ordinaryStream(
  commands: AsyncIterable<StreamCommand>,
  leftOut: () => void,
): AsyncGenerator<StreamCommand> {
  const rules = new ReceiveRules();
  const devices = new Set<string>();
  for await (const command of commands) {
    if (command.kind === "end") {
      yield command;
      continue;
    }
    // Another name of a device is one, too.
    const isDevice =
      command.kind === "mknod" || (command.kind === "link" && devices.has(key(command.target)));
    if (isDevice) devices.add(key(command.path));
    if (devices.has(key(command.path))) {
      leftOut();
      if (command.kind === "rename") devices.add(key(command.to));
      continue;
    }
    const isAttribute = command.kind === "setXattr" || command.kind === "removeXattr";
    if (isAttribute && !isOrdinaryAttribute(command.name)) {
      leftOut();
      continue;
    }
    if (command.kind === "chmod") {
      const mode = rules.ordinaryMode(command.path, command.mode);
      if (mode !== command.mode) leftOut();
      yield { ...command, mode };
      continue;
    }
    // It remembers which paths are folders.
    rules.refusal(command);
    yield command;
  }
}

function key(path: Buffer): string {
  return path.toString("latin1");
}
