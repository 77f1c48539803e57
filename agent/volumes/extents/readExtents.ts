import type { Processes } from "../../host/processes.ts";
import { joinBytes } from "../bytePaths.ts";

/** Who tells where files lie: btrfs itself, which only root may ask, or FIEMAP, which anybody may who can read the file. */
export type ExtentSource = "tree" | "fiemap";

/** A piece of the disk that a file holds, in bytes. */
export interface Extent {
  /** Where it begins in the file system's address space. */
  readonly start: number;
  readonly length: number;
  /** Whether it may be shorter than `length` on the disk, since it is compressed. Those of "tree" never are. */
  readonly loose: boolean;
}

export interface FoundFile {
  /** Relative to the snapshot. */
  readonly path: Buffer;
  readonly inode: number;
}

/** FS_IOC_FIEMAP. Of what lies in the metadata (0x200) there is no extent; 8 marks what is compressed, 1 the last one. */
const fiemapScript = `
  use Fcntl; binmode STDIN; binmode STDOUT; $/ = "\\0"; my $most = 256;
  while (<STDIN>) {
    chomp; my ($file, $at, $last) = (undef, 0, 0);
    sysopen($file, $_, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) or do { print pack("d3", -1, 0, 0); next };
    until ($last) {
      my $map = pack("Q Q L L L L", $at, ~0, 0, 0, $most, 0) . ("\\0" x (56 * $most));
      ioctl($file, 0xC020660B, $map) or die "FIEMAP: $!\\n";
      my $count = unpack("x20 L", $map) or last;
      for my $k (0 .. $count - 1) {
        my ($offset, $start, $length, $flags) = unpack("Q Q Q x16 L", substr($map, 32 + 56 * $k, 56));
        $at = $offset + $length; $last = 1 if $flags & 1;
        print pack("d3", $start, $length, $flags & 8 ? 1 : 0) unless $flags & 0x200;
      }
    }
  }`;

/** BTRFS_IOC_TREE_SEARCH_V2 for the items EXTENT_DATA (108) of inodes; type 0 lies in the metadata, address 0 is a hole. */
const treeScript = `
  use Fcntl; binmode STDIN; binmode STDOUT; sysopen(my $root, ".", O_RDONLY | O_DIRECTORY) or die "$!\\n"; my $room = 65536;
  while (my $inode = <STDIN>) {
    chomp $inode; my $from = 0;
    while (1) {
      my $found = pack("Q7 L4 Q5", 0, $inode, $inode, $from, ~0, 0, ~0, 108, 108, 4096, 0, 0, 0, 0, 0, $room) . ("\\0" x $room);
      ioctl($root, 0xC0709411, $found) or die "TREE_SEARCH_V2: $!\\n";
      my $count = unpack("x64 L", $found) or last; my $at = 112;
      for (1 .. $count) {
        my ($offset, $length) = unpack("x16 Q x4 L", substr($found, $at, 32)); $at += 32; $from = $offset + 1;
        if (unpack("x20 C", substr($found, $at, 21)) != 0) {
          my ($start, $size) = unpack("x21 Q Q", substr($found, $at, 37));
          print pack("d3", $start, $size, 0) if $start;
        }
        $at += $length;
      }
    }
  }`;

const bytesEach = 24;

/**
 * What files of a snapshot hold of the disk besides the metadata, each piece once for each place that refers to it. Gives way
 * to whatever else wants the processor.
 * @returns also how many of the files this user may not read
 * @throws ForkpointError TOOL_MISSING, CANCELLED; ProcessFailed
 */
export async function readExtents(
  processes: Processes,
  snapshot: string,
  files: readonly FoundFile[],
  { source, signal }: { readonly source: ExtentSource; readonly signal: AbortSignal },
): Promise<{ extents: Extent[]; unreadable: number }> {
  if (files.length === 0) return { extents: [], unreadable: 0 };
  const input =
    source === "tree"
      ? Buffer.from(files.map(({ inode }) => `${inode}\n`).join(""))
      : Buffer.concat(files.flatMap(({ path }) => [joinBytes(Buffer.from("."), path), Buffer.from("\0")]));
  const script = source === "tree" ? treeScript : fiemapScript;
  const args = ["-n", "19", "perl", "-e", script];
  const { stdout } = await processes.run("nice", args, { cwd: snapshot, input, signal });
  const extents: Extent[] = [];
  let unreadable = 0;
  for (let at = 0; at < stdout.length; at += bytesEach) {
    const start = stdout.readDoubleLE(at);
    if (start < 0) unreadable++;
    else {
      extents.push({
        start,
        length: stdout.readDoubleLE(at + 8),
        loose: stdout.readDoubleLE(at + 16) === 1,
      });
    }
  }
  return { extents, unreadable };
}
