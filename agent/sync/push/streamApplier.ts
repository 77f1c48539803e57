import type { StreamCommand } from "../../volumes/sendStream/commands.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import { emptyContent } from "../../repository/contentFormat.ts";
import type { Xattr } from "../../repository/inodeFormat.ts";
import { markTruncated, markWritten, type ContentChange } from "./contentChange.ts";
import type { LeafBody, LeafNode } from "./nodes.ts";
import type { TreeEditor } from "./treeEditor.ts";

const permissionBits = 0o7777;
const typeBits = 0o170000;
const deviceTypes = new Map<number, "charDevice" | "blockDevice">([
  [0o020000, "charDevice"],
  [0o060000, "blockDevice"],
]);

/**
 * Makes the edits that a `send --no-data` stream asks for.
 * @param incremental whether the stream must be a difference, or a whole snapshot
 * @throws ForkpointError STREAM_INVALID when it is the other kind, is cut, or does not fit the tree
 */
export async function applyStream(
  editor: TreeEditor,
  commands: AsyncIterable<StreamCommand>,
  options: { readonly incremental: boolean; readonly pace: () => Promise<void> | undefined },
): Promise<void> {
  const opening = options.incremental ? "snapshot" : "subvol";
  let position: "start" | "inside" | "end" = "start";
  for await (const command of commands) {
    if (position === "end") throw invalid("goes on after its end");
    if (position === "start") {
      if (command.kind !== opening) throw invalid(`begins with ${command.kind}`);
      position = "inside";
    } else if (command.kind === "end") position = "end";
    else {
      await applyCommand(editor, command);
      editor.relax();
    }
    await options.pace();
  }
  if (position !== "end") throw invalid("is cut short");
}

async function applyCommand(editor: TreeEditor, command: StreamCommand): Promise<void> {
  const { kind } = command;
  switch (kind) {
    case "mkfile":
      return editor.makeLeaf(command.path, { type: "file", content: emptyContent, change: null }, 0o600);
    case "mkdir":
      return editor.makeDirectory(command.path);
    case "symlink":
      return editor.makeLeaf(command.path, { type: "symlink", target: command.target }, 0o777);
    case "mknod":
    case "mkfifo":
    case "mksock":
      return editor.makeLeaf(command.path, specialBody(command), command.mode & permissionBits);
    case "rename":
      return editor.rename(command.path, command.to);
    case "link":
      return editor.link(command.target, command.path);
    case "unlink":
      return editor.unlink(command.path);
    case "rmdir":
      return editor.removeDirectory(command.path);
    case "setXattr":
    case "removeXattr": {
      const attributes = await editor.attributes(command.path);
      const name = command.name.toString("latin1");
      const others = attributes.xattrs.filter((xattr) => xattr.name !== name);
      attributes.xattrs = kind === "setXattr" ? withXattr(others, name, command.data) : others;
      return;
    }
    case "chmod":
      (await editor.attributes(command.path)).mode = command.mode & permissionBits;
      return;
    case "chown": {
      const attributes = await editor.attributes(command.path);
      attributes.uid = command.uid;
      attributes.gid = command.gid;
      return;
    }
    case "utimes":
      (await editor.attributes(command.path)).mtime = command.mtime;
      return;
    case "truncate":
      markTruncated(changeOf(await editor.leaf(command.path)), command.size);
      return;
    case "updateExtent":
    case "clone":
      markWritten(changeOf(await editor.leaf(command.path)), command.offset, command.length);
      return;
    case "write":
      markWritten(changeOf(await editor.leaf(command.path)), command.offset, command.data.length);
      return;
    case "subvol":
    case "snapshot":
    case "end":
      throw invalid(`has ${kind} in its middle`);
  }
}

function specialBody(command: StreamCommand & { kind: "mknod" | "mkfifo" | "mksock" }): LeafBody {
  if (command.kind === "mkfifo") return { type: "fifo" };
  if (command.kind === "mksock") return { type: "socket" };
  const type = deviceTypes.get(command.mode & typeBits);
  if (!type) throw invalid("makes a device of an unknown type");
  return { type, rdev: Number(command.rdev) };
}

function withXattr(others: readonly Xattr[], name: string, value: Buffer): Xattr[] {
  return [...others, { name, value: Buffer.from(value) }].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function changeOf(node: LeafNode): ContentChange {
  if (node.body.type !== "file") throw invalid("writes to what is no file");
  const { size } = node.body.content;
  node.body.change ??= { size, validBytes: size, blocks: [] };
  return node.body.change;
}

function invalid(why: string): ForkpointError {
  return new ForkpointError("STREAM_INVALID", `The send stream ${why}.`);
}
