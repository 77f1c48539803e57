/**
 * The launcher's program. On its input come requests, each a length of 32 bits (big endian) and fields with NUL between
 * them: `start`, a number, the folder to be in (empty: its own), the tokens of three sockets (empty: none) for the
 * child's input, output and errors, and the words of the command; or `kill`, a number and a signal's name.
 * A socket is a connection to the abstract address in its only argument, whose first line is the token.
 * On its output, each a line: a number and `pid`, or `error` and an errno when there is no such program or folder; later
 * the number, `end` and what wait(2) says. It ends with its input. Whatever it starts has no other of its descriptors.
 */
export const launcherScript = String.raw`
use strict; use POSIX qw(:signal_h :sys_wait_h); use Socket; use IO::Handle;
my $address = pack_sockaddr_un("\0" . shift @ARGV);
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = "IGNORE";
my $child_ended = POSIX::SigSet->new(SIGCHLD);
sigprocmask(SIG_BLOCK, $child_ended);
# A signal right before select would be slept through, so each leaves a byte for it. The handler runs at once, not when
# Perl gets round to it; the signal is blocked except around select, so there is nothing that this could disturb.
pipe(my $woken, my $wake) or die "pipe: $!\n";
$_->blocking(0) for $woken, $wake;
sigaction(SIGCHLD, POSIX::SigAction->new(sub { syswrite $wake, "\0" })) or die "sigaction: $!\n";
my (%number_of, %pid_of);
my $buffer = "";

sub tell_agent { my $line = join(" ", @_) . "\n"; syswrite(STDOUT, $line) == length $line or exit 1 }

sub connected {
  my ($token) = @_;
  socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
  connect($socket, $address) or die "connect: $!\n";
  syswrite $socket, "$token\n";
  return $socket;
}

sub start {
  my ($number, $folder, @rest) = @_;
  my @tokens = splice @rest, 0, 3;
  my @ends = map { length $_ ? connected($_) : undef } @tokens;
  pipe(my $failed_in, my $failed_out) or die "pipe: $!\n";
  my $pid = fork();
  defined $pid or do { tell_agent($number, "error", $! + 0); return };
  if ($pid == 0) {
    $SIG{$_} = "DEFAULT" for grep { defined $SIG{$_} } keys %SIG;
    sigprocmask(SIG_UNBLOCK, $child_ended);
    open(my $nothing, "+<", "/dev/null");
    for my $at (0 .. 2) { POSIX::dup2(fileno($ends[$at] // $nothing), $at) }
    if (!length $folder or chdir $folder) { no warnings "exec"; exec { $rest[0] } @rest }
    syswrite $failed_out, pack("N", $! + 0);
    POSIX::_exit(127);
  }
  close $failed_out;
  if (sysread $failed_in, my $errno, 4) {
    waitpid $pid, 0;
    tell_agent($number, "error", unpack "N", $errno);
    return;
  }
  $number_of{$pid} = $number;
  $pid_of{$number} = $pid;
  tell_agent($number, "pid", $pid);
}

sub reap {
  while ((my $pid = waitpid(-1, WNOHANG)) > 0) {
    my $status = $?;
    my $number = delete $number_of{$pid};
    next unless defined $number;
    delete $pid_of{$number};
    tell_agent($number, "end", $status);
  }
}

while (1) {
  my $ready = "";
  vec($ready, fileno $_, 1) = 1 for \*STDIN, $woken;
  sigprocmask(SIG_UNBLOCK, $child_ended);
  my $count = select($ready, undef, undef, undef);
  sigprocmask(SIG_BLOCK, $child_ended);
  sysread $woken, my $bytes, 4096;
  reap();
  next unless $count > 0 and vec($ready, fileno STDIN, 1);
  sysread(STDIN, $buffer, 65536, length $buffer) or exit 0;
  while (length $buffer >= 4 and length $buffer >= 4 + unpack "N", $buffer) {
    my $request = substr $buffer, 4, unpack "N", $buffer;
    substr($buffer, 0, 4 + length $request) = "";
    my ($kind, @fields) = split /\0/, $request, -1;
    if ($kind eq "start") { start(@fields) }
    elsif (my $pid = $pid_of{$fields[0]}) { kill $fields[1], $pid }
  }
}
`;
