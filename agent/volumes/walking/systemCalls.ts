import { ProcessFailed, type Processes } from "../../host/processes.ts";
import { ForkpointError } from "../../protocol/errors.ts";
import type { Timespec } from "../sendStream/commands.ts";

export interface EntryTimes {
  /** Relative to the folder. */
  readonly path: Buffer;
  readonly atime: Timespec;
  readonly mtime: Timespec;
}
export interface SpecialEntry {
  /** Relative to the folder. */
  readonly path: Buffer;
  /** Type and permission bits. */
  readonly mode: number;
  readonly rdev: bigint;
}

/** A range of one file that another is to share. Paths are absolute; numbers are bytes, multiples of a block. */
export interface SharedRange {
  readonly from: Buffer;
  readonly fromOffset: number;
  readonly to: Buffer;
  readonly toOffset: number;
  readonly length: number;
}

/** What the calls are called by, where that is known: Node has none of them, and Perl can make any call by its number. */
const callNumbers: Readonly<
  Record<string, { utimensat: number; mknodat: number; lremovexattr: number } | undefined>
> = {
  x64: { utimensat: 280, mknodat: 259, lremovexattr: 198 },
  arm64: { utimensat: 88, mknodat: 33, lremovexattr: 15 },
};
/** FICLONERANGE, which is the same on both. */
const cloneRange = 0x4020940d;

/** AT_FDCWD is -100, AT_SYMLINK_NOFOLLOW 0x100. */
const setTimesScript = `
  my $call = shift() + 0; binmode STDIN; $/ = "\\0";
  while (<STDIN>) {
    chomp; my ($as, $an, $ms, $mn, $path) = split / /, $_, 5;
    my $times = pack("q4", $as, $an, $ms, $mn);
    syscall($call, -100, $path, $times, 0x100) == 0 or die "$path: $!\\n";
  }`;
const makeSpecialsScript = `
  my $call = shift() + 0; binmode STDIN; $/ = "\\0";
  while (<STDIN>) {
    chomp; my ($mode, $device, $path) = split / /, $_, 3;
    syscall($call, -100, $path, $mode + 0, $device + 0) == 0 or die "$path: $!\\n";
  }`;

/** What is not there (ENODATA), or cannot be there (EOPNOTSUPP), needs no removal. */
const removeAttributesScript = `
  my $call = shift() + 0; binmode STDIN; $/ = "\\0";
  while (<STDIN>) {
    chomp; my $name = $_; my $path = <STDIN>; chomp $path;
    syscall($call, $path, $name) == 0 or $! == 61 or $! == 95 or die "$path: $!\\n";
  }`;
const shareRangesScript = `
  use Fcntl; my $request = shift() + 0; binmode STDIN; $/ = "\\0"; my ($f, $t) = ("", ""); my ($from, $to);
  while (<STDIN>) {
    chomp; my ($fo, $to_, $length) = split / /; my $fp = <STDIN>; my $tp = <STDIN>; chomp($fp, $tp);
    if ($fp ne $f) { sysopen($from, $fp, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) or die "$fp: $!\\n"; $f = $fp; }
    if ($tp ne $t) { sysopen($to, $tp, O_RDWR | O_NOFOLLOW | O_NONBLOCK) or die "$tp: $!\\n"; $t = $tp; }
    ioctl($to, $request, pack("q Q Q Q", fileno($from), $fo, $length, $to_)) or die "$tp: $!\\n";
  }`;

/** Calls of the kernel that Node does not offer, for many entries at once. */
export class SystemCalls {
  readonly #processes: Processes;
  readonly #folder: string;
  readonly #signal: AbortSignal;

  /** @param folder what paths are relative to */
  constructor(processes: Processes, folder: string, signal: AbortSignal) {
    this.#processes = processes;
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Sets times to the nanosecond, of links themselves. @throws ProcessFailed */
  async setTimes(entries: readonly EntryTimes[]): Promise<void> {
    if (entries.length === 0) return;
    const records = entries.map(({ path, atime, mtime }) =>
      record(`${numbers(atime)} ${numbers(mtime)} ./`, path),
    );
    const call = callNumbers[process.arch]?.utimensat;
    if (call !== undefined && (await this.#perl(setTimesScript, call, records))) return;
    await this.#touch(entries);
  }

  /** Makes FIFOs, sockets and devices; false where that cannot be done. @throws ProcessFailed */
  async makeSpecials(entries: readonly SpecialEntry[]): Promise<boolean> {
    const call = callNumbers[process.arch]?.mknodat;
    const records = entries.map(({ path, mode, rdev }) => record(`${mode} ${rdev.toString()} ./`, path));
    return call !== undefined && (await this.#perl(makeSpecialsScript, call, records));
  }

  /** Takes attributes away, of links themselves; false where that cannot be done. @throws ProcessFailed */
  async removeAttributes(
    entries: readonly { readonly path: Buffer; readonly name: string }[],
  ): Promise<boolean> {
    if (entries.length === 0) return true;
    const call = callNumbers[process.arch]?.lremovexattr;
    const records = entries.map(({ path, name }) =>
      Buffer.concat([Buffer.from(`${name}\0`, "latin1"), record("./", path)]),
    );
    return call !== undefined && (await this.#perl(removeAttributesScript, call, records));
  }

  /** Makes files share blocks; false where that cannot be done. @throws ProcessFailed */
  async shareRanges(ranges: readonly SharedRange[]): Promise<boolean> {
    if (ranges.length === 0) return true;
    const records = ranges.map(({ from, fromOffset, to, toOffset, length }) =>
      Buffer.concat([Buffer.from(`${fromOffset} ${toOffset} ${length}\0`), record("", from), record("", to)]),
    );
    return this.#perl(shareRangesScript, cloneRange, records);
  }

  async #perl(script: string, call: number, records: readonly Buffer[]): Promise<boolean> {
    const options = { cwd: this.#folder, input: Buffer.concat(records), signal: this.#signal };
    try {
      await this.#processes.run("perl", ["-e", script, String(call)], options);
      return true;
    } catch (thrown) {
      if (thrown instanceof ForkpointError && thrown.code === "TOOL_MISSING") return false;
      throw thrown;
    }
  }

  /** One process for each time of change: slow where all differ, and access times become the same. */
  async #touch(entries: readonly EntryTimes[]): Promise<void> {
    const byTime = new Map<string, Buffer[]>();
    for (const { path, mtime } of entries) {
      const time = `@${mtime.seconds}.${String(mtime.nanoseconds).padStart(9, "0")}`;
      const same = byTime.get(time) ?? [];
      byTime.set(time, same);
      same.push(record("./", path));
    }
    for (const [time, records] of byTime) {
      const args = ["--null", "touch", "--no-create", "--no-dereference", `--date=${time}`, "--"];
      const options = { cwd: this.#folder, input: Buffer.concat(records), signal: this.#signal };
      await this.#processes.run("xargs", args, options);
    }
  }
}

/** Whether a call failed because this user may not do it. */
export function wasNotPermitted(thrown: unknown): boolean {
  return thrown instanceof ProcessFailed && thrown.stderr.includes("Operation not permitted");
}

function numbers({ seconds, nanoseconds }: Timespec): string {
  return `${seconds} ${nanoseconds}`;
}

function record(head: string, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(head), path, Buffer.from("\0")]);
}
