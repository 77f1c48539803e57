import { constants } from "node:fs";
import { lstat, open, readlink } from "node:fs/promises";
import { ForkpointError } from "../protocol/errors.ts";
import { decodeVolumePath, encodeVolumePath } from "../protocol/volumePath.ts";

const pieceBytes = 1024 * 1024;

/** A regular file in the folder of a snapshot or of a workspace. */
export interface SnapshotFile {
  /** Bytes. */
  readonly size: number;
  /** Its bytes, a piece at a time. @throws what the file system says */
  pieces(): AsyncGenerator<Buffer>;
}

/**
 * Finds a file, following no symbolic link, so that what is shown lies inside the folder.
 * @param root the folder, which is there
 * @param path as `Change.path` is written
 * @throws ForkpointError PATH_NOT_FOUND, PATH_OUTSIDE_VOLUME, FILES_UNREADABLE
 */
export async function snapshotFile(root: string, path: string): Promise<SnapshotFile> {
  const bytes = decodeVolumePath(path);
  const absolute = Buffer.concat([Buffer.from(`${root}/`), bytes]);
  try {
    for (let at = bytes.indexOf("/"); at !== -1; at = bytes.indexOf("/", at + 1)) {
      const above = await lstat(absolute.subarray(0, absolute.length - bytes.length + at));
      if (!above.isSymbolicLink()) continue;
      const link = encodeVolumePath(bytes.subarray(0, at));
      throw new ForkpointError(
        "PATH_OUTSIDE_VOLUME",
        `The path ${path} goes through the symbolic link ${link}.`,
      );
    }
    const stat = await lstat(absolute);
    if (stat.isSymbolicLink()) {
      const target = encodeVolumePath(await readlink(absolute, { encoding: "buffer" }));
      throw new ForkpointError("PATH_NOT_FOUND", `${path} is a symbolic link to ${target}.`, {
        hint: "Name the path that the link leads to, if it is inside the workspace.",
      });
    }
    if (!stat.isFile()) {
      throw new ForkpointError(
        "PATH_NOT_FOUND",
        `${path} is ${stat.isDirectory() ? "a folder" : "no file"}.`,
        {
          hint: "Name a file.",
        },
      );
    }
    return { size: stat.size, pieces: () => piecesOf(absolute) };
  } catch (thrown) {
    throw asForkpointError(thrown, path);
  }
}

async function* piecesOf(absolute: Buffer): AsyncGenerator<Buffer> {
  // A name that became a pipe meanwhile must not keep anybody waiting.
  const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function asForkpointError(thrown: unknown, path: string): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") {
    return new ForkpointError("PATH_NOT_FOUND", `There is no ${path} in it.`, { cause: thrown });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new ForkpointError("FILES_UNREADABLE", `You may not read ${path}.`, { cause: thrown });
  }
  return thrown;
}
