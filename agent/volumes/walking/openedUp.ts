import { chmodSync, lstatSync } from "node:fs";
import { joinBytes, splitPath } from "../bytePaths.ts";
import type { StreamCommand } from "../sendStream/commands.ts";
import type { DeferredAttributes } from "./deferredAttributes.ts";
import { isUnfit } from "./receivedPaths.ts";

const ownersRights = 0o700;
const contentKinds = new Set<StreamCommand["kind"]>(["write", "truncate", "clone"]);

/** Lets the owner of folders and files change them although their modes forbid it, for as long as a stream is applied. */
export class OpenedUp {
  readonly #root: Buffer;
  readonly #attributes: DeferredAttributes;

  constructor(root: string, attributes: DeferredAttributes) {
    this.#root = Buffer.from(root);
    this.#attributes = attributes;
  }

  /** Opens what a command needs of the paths it names; whether anything was closed. */
  openFor(command: StreamCommand): boolean {
    const paths = [
      ...("path" in command ? [command.path] : []),
      ...(command.kind === "rename" ? [command.to] : []),
      ...(command.kind === "link" ? [command.target] : []),
    ];
    const isForContent = contentKinds.has(command.kind);
    return paths.map((path) => this.#openTo(path, isForContent)).includes(true);
  }

  #openTo(path: Buffer, isForContent: boolean): boolean {
    const parts = splitPath(path);
    if (parts.some(isUnfit)) return false;
    let at: Buffer = Buffer.alloc(0);
    let opened = this.#open(at, false);
    for (const part of parts) {
      // What lies behind a link is not the stream's to open.
      if (!this.#isFolder(at)) return opened;
      at = joinBytes(at, part);
      opened = this.#open(at, isForContent) || opened;
    }
    return opened;
  }

  #isFolder(path: Buffer): boolean {
    return lstatSync(joinBytes(this.#root, path), { throwIfNoEntry: false })?.isDirectory() === true;
  }

  #open(path: Buffer, mayBeFile: boolean): boolean {
    const place = joinBytes(this.#root, path);
    const found = lstatSync(place, { throwIfNoEntry: false });
    const canOpen = found?.isDirectory() === true || (mayBeFile && found?.isFile() === true);
    if (!found || !canOpen || (found.mode & ownersRights) === ownersRights) return false;
    chmodSync(place, (found.mode & 0o7777) | ownersRights);
    // The stream may say something else later.
    this.#attributes.add({ kind: "chmod", path, mode: found.mode & 0o7777 });
    return true;
  }
}
