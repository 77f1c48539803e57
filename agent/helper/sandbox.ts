/** A folder of the caller's pool, and where the program in the sandbox finds it. */
export interface Shown {
  /** The descriptor that the program gets it by: 3 for the first beyond the standard ones. */
  readonly descriptor: number;
  readonly at: string;
  readonly writable: boolean;
}

/** The kernel asks for the first; the others read what belongs to others, and leave no time of reading. */
const toRead = ["CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH", "CAP_FOWNER"];
/** Without CAP_MKNOD: a device cannot be made, whatever the stream says. */
const toWrite = [...toRead, "CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FSETID"];

/**
 * The command that runs a program of btrfs-progs where it sees the system's programs and some folders of a
 * pool, and nothing else: it goes by paths, and whoever owns the pool can swap those for links while it runs.
 */
export function sandboxed(shown: readonly Shown[], command: readonly string[]): [string, string[]] {
  const capabilities = shown.some(({ writable }) => writable) ? toWrite : toRead;
  return [
    "bwrap",
    [
      ...["--unshare-pid", "--unshare-net", "--unshare-ipc"],
      ...["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin"],
      ...["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"],
      // btrfs reads the mount table; a link to a file of the kernel's own must not be of any use.
      ...["--proc", "/proc", "--remount-ro", "/proc"],
      ...shown.flatMap(({ descriptor, at, writable }) => [
        writable ? "--bind" : "--ro-bind",
        `/proc/self/fd/${descriptor}`,
        at,
      ]),
      ...["--cap-drop", "ALL", ...capabilities.flatMap((capability) => ["--cap-add", capability])],
      ...["--chdir", "/", "--", ...command],
    ],
  ];
}
