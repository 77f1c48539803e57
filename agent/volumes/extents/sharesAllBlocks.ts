import type { Processes } from "../../host/processes.ts";

/**
 * FS_IOC_FIEMAP with FIEMAP_FLAG_SYNC (1), a line for each extent and an empty one behind each file. Of what is not
 * allocated yet (4), lies in the metadata (0x200) or somewhere unknown (2) nobody can tell whether it is shared.
 */
const script = `
  use Fcntl; binmode STDIN; $/ = "\\0"; my $most = 256;
  while (<STDIN>) {
    chomp; my ($at, $last) = (0, 0);
    sysopen(my $file, $_, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) or do { print "?\\n\\n"; next };
    until ($last) {
      my $map = pack("Q Q L L L L", $at, ~0, 1, 0, $most, 0) . ("\\0" x (56 * $most));
      ioctl($file, 0xC020660B, $map) or die "FIEMAP: $!\\n";
      my $count = unpack("x20 L", $map) or last;
      for my $k (0 .. $count - 1) {
        my ($offset, $start, $length, $flags) = unpack("Q Q Q x16 L", substr($map, 32 + 56 * $k, 56));
        $at = $offset + $length; $last = 1 if $flags & 1;
        print $flags & 0x206 ? "?\\n" : "$offset $start $length\\n";
      }
    }
    print "\\n";
  }`;

/**
 * Whether two files of one btrfs lie on the same pieces of the disk, at the same places of the file, so that they hold the
 * same unless one of them is compressed and was put together from the other's middle. False where that cannot be told.
 * @throws ForkpointError TOOL_MISSING, CANCELLED; ProcessFailed
 */
export async function sharesAllBlocks(
  processes: Processes,
  files: readonly [Buffer, Buffer],
  signal: AbortSignal,
): Promise<boolean> {
  const input = Buffer.concat(files.flatMap((file) => [file, Buffer.from("\0")]));
  const { stdout } = await processes.run("perl", ["-e", script], { input, signal });
  const [one, other] = stdout.toString("latin1").split("\n\n");
  return one !== undefined && one === other && !one.includes("?");
}
