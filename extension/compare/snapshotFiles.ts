import { constants } from "node:fs";
import { lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import type { Stats } from "node:fs";
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { decodeVolumePath, encodeVolumePath } from "../../agent/protocol/volumePath.ts";
import type { SnapshotRoots } from "./snapshotRoots.ts";
import { type SnapshotFile, parseSnapshotUri } from "./snapshotUri.ts";

/** Files above this many bytes are not handed to the editor, which would hold them in memory. */
export const largestShownBytes = 50 * 1024 * 1024;

/**
 * Snapshots as a read-only file system of the editor. Symbolic links are never followed: their text is
 * where they point, as in version control. What is neither file, folder nor link says what it is.
 */
export class SnapshotFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #roots: SnapshotRoots;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(roots: SnapshotRoots) {
    this.#roots = roots;
  }

  /** A snapshot goes or stays as a whole, which `announce` tells; for the workspace as it stands the editor watches the files themselves. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const file = parse(uri);
    if (file.moment === "nothing") return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: 0 };
    const stats = await lstat(await this.#locate(uri, file)).catch(notFound(uri));
    return {
      type: stats.isDirectory() ? vscode.FileType.Directory : vscode.FileType.File,
      ctime: stats.ctimeMs,
      mtime: stats.mtimeMs,
      size: stats.size,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const folder = await this.#locate(uri, parse(uri));
    const entries = await readdir(folder, { encoding: "buffer", withFileTypes: true }).catch(notFound(uri));
    return entries.map((entry) => [
      encodeVolumePath(entry.name),
      entry.isDirectory() ? vscode.FileType.Directory : vscode.FileType.File,
    ]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const file = parse(uri);
    if (file.moment === "nothing") return new Uint8Array();
    const path = await this.#locate(uri, file);
    const stats = await lstat(path).catch(notFound(uri));
    if (stats.isSymbolicLink()) return readlink(path, "buffer");
    if (!stats.isFile()) return Buffer.from(`${kindOf(stats)}\n`);
    if (stats.size > largestShownBytes) {
      throw vscode.FileSystemError.Unavailable(
        l10n.t("{path} is too large to show here.", { path: file.path }),
      );
    }
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  /** Where the file lies on this machine. @throws vscode.FileSystemError */
  realPath(uri: vscode.Uri): Promise<Buffer> {
    return this.#locate(uri, parse(uri));
  }

  /** Has the editor look again at files that went or came back with their snapshot. */
  announce(type: vscode.FileChangeType, uris: readonly vscode.Uri[]): void {
    this.#changed.fire(uris.map((uri) => ({ type, uri })));
  }

  writeFile(): never {
    throw vscode.FileSystemError.NoPermissions(l10n.t("A snapshot never changes."));
  }
  createDirectory(): never {
    return this.writeFile();
  }
  delete(): never {
    return this.writeFile();
  }
  rename(): never {
    return this.writeFile();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** The real path, made sure to lie inside its root whatever links are on the way. */
  async #locate(uri: vscode.Uri, file: SnapshotFile): Promise<Buffer> {
    if (file.moment === "nothing") throw vscode.FileSystemError.FileNotFound(uri);
    const root = await this.#roots.find(file.projectId, file.moment);
    if (root === null)
      throw vscode.FileSystemError.FileNotFound(l10n.t("This snapshot does not exist any more."));
    const rootBytes = await realpath(root, "buffer").catch(notFound(uri));
    if (file.path === "") return rootBytes;
    const path = Buffer.concat([rootBytes, Buffer.from("/"), decodeVolumePath(file.path)]);
    const parent = await realpath(path.subarray(0, path.lastIndexOf("/")), "buffer").catch(notFound(uri));
    const inside = Buffer.concat([parent, Buffer.from("/")]).indexOf(
      Buffer.concat([rootBytes, Buffer.from("/")]),
    );
    if (inside !== 0)
      throw vscode.FileSystemError.NoPermissions(l10n.t("This path leads out of the snapshot."));
    return path;
  }
}

function parse(uri: vscode.Uri): SnapshotFile {
  const file = parseSnapshotUri(uri);
  if (!file) throw vscode.FileSystemError.FileNotFound(uri);
  return file;
}

function notFound(uri: vscode.Uri) {
  return (thrown: unknown): never => {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw vscode.FileSystemError.FileNotFound(uri);
    throw thrown;
  };
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return l10n.t("This is a named pipe.");
  if (stats.isSocket()) return l10n.t("This is a socket.");
  if (stats.isDirectory()) return l10n.t("This is a folder.");
  return l10n.t("This is a device.");
}
