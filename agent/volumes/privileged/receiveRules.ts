import type { StreamCommand } from "../sendStream/commands.ts";

/** One part, of printable ASCII. */
const volumeName = /^[ -.0-~]{1,200}$/;
/** setuid, and setgid, which means something harmless on a folder. */
const setUid = 0o4000;
const setGid = 0o2000;
/** What an ordinary user may set as well. */
const ordinaryAttribute = /^(user\.|system\.posix_acl_(access|default)$|btrfs\.compression$)/;
/** Latin-1 characters of the folders' paths that are remembered. */
const mostFolderText = 32 * 1024 * 1024;

/**
 * Which commands of a full stream may reach `btrfs receive` when the stream comes from an ordinary user: what
 * makes one subvolume and nothing outside of it, and nothing that has rights of its own.
 */
export class ReceiveRules {
  #uuid: Buffer | null = null;
  readonly #folders = new Set<string>();
  #folderText = 0;

  /** Why the next command of the stream may not pass; null when it may. */
  refusal(command: StreamCommand): string | null {
    if (command.kind === "subvol") return this.#begin(command);
    if (this.#uuid === null) return "it does not begin with one new volume";
    if (command.kind === "end") return null;
    if (!isInside(command.path, rootKinds.has(command.kind))) return leaves(command.path);
    switch (command.kind) {
      case "snapshot":
        return "it builds on another snapshot";
      case "updateExtent":
        return "it has no data";
      case "mknod":
        return `${text(command.path)} is a device`;
      case "mkdir":
        this.#remember(command.path);
        return null;
      case "rename":
        if (!isInside(command.to, false)) return leaves(command.to);
        if (this.isFolder(command.path)) this.#remember(command.to);
        return null;
      case "link":
        return isInside(command.target, false) ? null : leaves(command.target);
      case "symlink":
        return command.target.length === 0 || command.target.includes(0) ? "a link leads nowhere" : null;
      case "chmod":
        return this.ordinaryMode(command.path, command.mode) === command.mode
          ? null
          : `${text(command.path)} would run with the rights of its owner`;
      case "setXattr":
      case "removeXattr":
        return isOrdinaryAttribute(command.name) ? null : `the attribute ${text(command.name)} takes root`;
      case "clone":
        if (!command.cloneUuid.equals(this.#uuid))
          return `${text(command.path)} shares bytes with another volume`;
        return isInside(command.clonePath, false) ? null : leaves(command.clonePath);
      default:
        return null;
    }
  }

  /** The mode without what gives rights to whoever runs the file. */
  ordinaryMode(path: Buffer, mode: number): number {
    return mode & ~(path.length === 0 || this.isFolder(path) ? setUid : setUid | setGid);
  }

  isFolder(path: Buffer): boolean {
    return this.#folders.has(path.toString("latin1"));
  }

  #begin({ path, uuid }: { path: Buffer; uuid: Buffer }): string | null {
    if (this.#uuid !== null) return "it makes a second volume";
    if (!volumeName.test(path.toString("latin1")) || !isInside(path, false)) return leaves(path);
    this.#uuid = uuid;
    return null;
  }

  /** A stream with more folders than that has no setgid folders among the later ones. */
  #remember(path: Buffer): void {
    if (this.#folderText + path.length > mostFolderText) return;
    this.#folderText += path.length;
    this.#folders.add(path.toString("latin1"));
  }
}

/** What may be said of the volume's root, whose path is empty. */
const rootKinds = new Set<StreamCommand["kind"]>(["chmod", "chown", "utimes", "setXattr", "removeXattr"]);

export function isOrdinaryAttribute(name: Buffer): boolean {
  return ordinaryAttribute.test(name.toString("latin1")) && !name.includes(0);
}

/** Whether a path has only plain parts: none empty, `.` or `..`, so neither absolute nor leading out. */
function isInside(path: Buffer, mayBeRoot: boolean): boolean {
  if (path.length === 0) return mayBeRoot;
  if (path.includes(0)) return false;
  return path
    .toString("latin1")
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");
}

function leaves(path: Buffer): string {
  return `the path ${text(path)} leaves the volume`;
}

function text(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("utf8").slice(0, 200));
}
