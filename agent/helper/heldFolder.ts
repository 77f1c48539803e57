import { closeSync, constants, fstatSync, lstatSync, openSync, type BigIntStats } from "node:fs";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder held by its descriptor. What is named in it afterwards is in this very folder, whatever is
 * renamed or replaced on the path that led to it; no step follows a symbolic link.
 */
export class HeldFolder {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Opens an absolute path part by part. @throws ErrnoException ENOENT, ENOTDIR or ELOOP for a link, … */
  static at(path: string): HeldFolder {
    const root = new HeldFolder(openSync("/", O_RDONLY | O_DIRECTORY));
    return root.descend(path.split("/").filter((part) => part !== ""));
  }

  /** The folder below this one that `parts` lead to; those on the way are closed, as is this one. */
  descend([first, ...rest]: readonly (string | Buffer)[]): HeldFolder {
    if (first === undefined) return this;
    try {
      return this.enter(first).descend(rest);
    } finally {
      this.close();
    }
  }

  /** `name` is one part. */
  enter(name: string | Buffer): HeldFolder {
    return new HeldFolder(openSync(this.pathOf(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  /** A path that names `name` in this very folder, for calls that do not follow a link at its end. */
  pathOf(name: string | Buffer): Buffer {
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.fd}/`), Buffer.from(name)]);
  }

  stat(): BigIntStats {
    return fstatSync(this.fd, { bigint: true });
  }

  /** What `name` is itself, a link not followed; undefined when it is not there. */
  find(name: string | Buffer): BigIntStats | undefined {
    return lstatSync(this.pathOf(name), { bigint: true, throwIfNoEntry: false });
  }

  close(): void {
    closeSync(this.fd);
  }
}
