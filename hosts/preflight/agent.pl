# One machine's side of the preflight, for hosts that have perl; agent.py says the same in Python.
# agent-protocol.ts describes the lines. Only what Debian's perl-base has is used: no Time::HiRes, no JSON.
use strict;
use warnings;
use Socket;
use POSIX ();
use IO::Handle;
use IO::Select;
use Errno qw(EADDRINUSE EINPROGRESS EMSGSIZE ECONNREFUSED EHOSTUNREACH ENETUNREACH);

use constant {
    LIFE_S     => 60,     # The end in any case: nothing may be left on the host.
    TICK_S     => 0.02,
    QUICK_S    => 0.002,  # A round trip that needs no better one.
    SHORTEST   => 96,     # Bytes of a probe: no answer is longer, so this amplifies nobody's traffic.
    MOST_CALLS => 256,    # TCP connections held at once.
    IPPROTO_IP_ => 0, IP_MTU_DISCOVER => 10, IP_PMTUDISC_PROBE => 3,    # linux/in.h: DF is set, and a cached path MTU is ignored.
    HEADERS => 28,                                    # IPv4 and UDP.
};
my @RESEND_S = (0, 0.15, 0.35, 0.7, 1.2);
# What is met on the way: jumbo frames, Ethernet, PPPoE, IP in IP, Google Cloud, VXLAN, WireGuard, the least of IPv6.
my @SIZES = (9001, 9000, 8951, 8900, 1500, 1492, 1480, 1460, 1450, 1440, 1420, 1400, 1380, 1350, 1300, 1280, 1200, 1000, 576);

$SIG{PIPE} = 'IGNORE';
alarm LIFE_S;
binmode STDOUT;
$| = 1;

my $hires = eval { require Time::HiRes; 1 };
my %GETTIMEOFDAY = (x86_64 => 96, i686 => 78, aarch64 => 169, riscv64 => 169, armv7l => 78, ppc64le => 78, s390x => 78);
my $gettimeofday = $GETTIMEOFDAY{(POSIX::uname())[4]};

sub now {
    return Time::HiRes::time() if $hires;
    return time() unless defined $gettimeofday;
    my $time = pack 'l!l!', 0, 0;
    syscall $gettimeofday, $time, 0;
    my ($seconds, $micros) = unpack 'l!l!', $time;
    return $seconds + $micros / 1e6;
}

sub put { print join(' ', @_), "\n" }

sub file {
    open my $in, '<', $_[0] or return;
    my @lines = <$in>;
    chomp @lines;
    return @lines;
}

my $typed = '';

sub line {
    while ($typed !~ /\n/) {
        sysread(STDIN, $typed, 65536, length $typed) or exit 0;
    }
    $typed =~ s/^(.*)\n//;
    return split / /, $1;
}

sub facts {
    my ($id) = (file('/etc/machine-id'), file('/var/lib/dbus/machine-id'));
    put('machine-id', $id) if defined $id && $id =~ /^\w+$/;
    put('hostname', (POSIX::uname())[1]);
    put('route', $_) for file('/proc/net/route');
    for my $folder (glob '/sys/class/net/*') {
        my ($mtu) = file("$folder/mtu");
        my ($device) = $folder =~ m{([^/]+)$};
        put('mtu', $device, $mtu) if defined $mtu && $device ne 'lo';
    }
}

sub mtus { return grep { defined && $_ > HEADERS && $_ <= 9216 } map { (file("$_/mtu"))[0] } glob '/sys/class/net/*' }

sub unblock { my ($socket) = @_; $socket->blocking(0); return $socket }

sub listener {
    my ($number, $protocol) = @_;
    my $tcp = $protocol eq 'tcp';
    socket(my $socket, PF_INET, $tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or return;
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 if $tcp;
    bind($socket, sockaddr_in($number, INADDR_ANY)) or return;
    $tcp and (listen($socket, 128) or return);
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4 << 20 unless $tcp;
    return unblock($socket);
}

# --- what it is told first: nonce, its number, the port of the data path, whether it is a manager, whether a member
put('hello');
my (undef, $nonce, $self, $data_port, $manager, $member) = line();
facts();
my (%heard, %accepting, %serving);
for my $port ($manager ? '2377/tcp' : (), '7946/tcp', '7946/udp', "$data_port/udp") {
    my ($number, $protocol) = split m{/}, $port;
    if ($member) {
        put('port', $port, 'used');
    } elsif (my $socket = listener($number, $protocol)) {
        $protocol eq 'tcp' ? ($accepting{$socket} = $socket) : ($serving{$socket} = [$socket, $port]);
        put('port', $port, 'own');
    } else {
        put('port', $port, $! == EADDRINUSE ? 'used' : "failed $!");
    }
}
put('ready');

# --- whom to probe: number, protocol, address, port, whether a preflight listens there, whether to measure the MTU
my (@probes, %paths, $window);
while (1) {
    my ($word, @rest) = line();
    if ($word eq 'go') { ($window) = @rest; last }
    my ($peer, $port, $address, $own, $measure) = @rest;
    my ($number, $protocol) = split m{/}, $port;
    my $to = sockaddr_in($number, inet_aton($address));
    push @probes, { peer => $peer, port => $port, tcp => $protocol eq 'tcp', to => $to, own => $own, measure => $measure, size => 0 };
}
put('time', sprintf '%.6f', now());

socket(my $out, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
setsockopt $out, IPPROTO_IP_, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE;
setsockopt $out, SOL_SOCKET, SO_RCVBUF, 4 << 20;
unblock($out);
my $select = IO::Select->new(\*STDIN, $out, values %accepting, map { $_->[0] } values %serving);
my (%calls, %callers);
my ($start, $reported) = (now(), 0);
$_->{due} = $start for @probes;

sub finish {
    my ($probe, $result) = @_;
    $probe->{result} //= $result;
}

sub call {
    my ($probe) = @_;
    $probe->{due} = undef;
    socket(my $socket, PF_INET, SOCK_STREAM, 0) or return finish($probe, "failed $!");
    unblock($socket);
    $probe->{sent} = now();
    if (!connect($socket, $probe->{to}) && $! != EINPROGRESS) { return finish($probe, reason($! + 0)) }
    $calls{$socket} = [$socket, $probe];
}

sub reason {
    my ($error) = @_;
    return 'refused' if $error == ECONNREFUSED;
    return 'unreachable' if $error == EHOSTUNREACH || $error == ENETUNREACH;
    local $! = $error;
    return "failed $!";
}

sub packet {
    my ($probe, $index) = @_;
    my $text = join ' ', $nonce, 'P', $self, $probe->{peer}, $probe->{size}, $index, sprintf('%.6f', now()), '';
    my $length = $probe->{size} ? $probe->{size} - HEADERS : SHORTEST;
    return $text . '.' x ($length - length $text);
}

sub fire {
    my ($index, $now) = @_;
    my $probe = $probes[$index];
    return call($probe) if $probe->{tcp};
    # Of the sizes that are smaller than one that has passed nothing is to be learned.
    my $path = $paths{$probe->{peer}};
    return $probe->{due} = undef if $probe->{size} && $path && $probe->{size} <= ($path->{mtu} // 0);
    if (!defined send $out, packet($probe, $index), 0, $probe->{to}) {
        return $probe->{due} = undef if $! == EMSGSIZE;
        $probe->{unsent} = reason($! + 0);
    }
    my $wait = $RESEND_S[++$probe->{tries}];
    $probe->{due} = defined $wait ? ($probe->{first} //= $now) + $wait : undef;
}

sub arrived {
    my ($probe, $theirs, $sent) = @_;
    my $now = now();
    my $path = $paths{$probe->{peer}} //= {};
    my $rtt = $now - $sent;
    ($path->{rtt}, $path->{offset}) = ($rtt, $theirs - ($sent + $now) / 2) if !defined $path->{rtt} || $rtt < $path->{rtt};
    if ($probe->{size}) {
        $path->{mtu} = $probe->{size} if $probe->{size} > ($path->{mtu} // 0);
        $probe->{due} = undef;
        return;
    }
    # A slow one is sent on: the quickest of some round trips is the one that waited for nobody.
    finish($probe, 'ok');
    $probe->{due} = undef if $path->{rtt} < QUICK_S;
    return if !$probe->{measure} || $path->{measured}++;
    my %sizes = map { $_ => 1 } @SIZES, mtus();
    push @probes, map { { %$probe, size => $_, due => $now, first => undef, tries => 0, measure => 0 } } sort { $b <=> $a } keys %sizes;
}

sub receive {
    while (defined(my $from = recv $out, my $answer, 65535, 0)) {
        my ($mine, $kind, $peer, $index, $sent, $theirs) = split / /, $answer;
        next unless defined $theirs && $mine eq $nonce && $kind eq 'A';
        my $probe = $probes[$index] or next;
        $peer == $probe->{peer} ? arrived($probe, $theirs, $sent) : finish($probe, "stranger $peer");
    }
}

sub serve {
    my ($socket, $port) = @_;
    while (defined(my $from = recv $socket, my $question, 65535, 0)) {
        my ($theirs, $kind, $peer, $to, $size, $index, $sent) = split / /, $question;
        next unless defined $sent && $theirs eq $nonce && $kind eq 'P' && length $question >= SHORTEST;
        if ($to == $self) {
            my $heard = $heard{"$peer $port"} //= 0;
            $heard{"$peer $port"} = $size if $size > $heard;
        }
        send $socket, join(' ', $nonce, 'A', $self, $index, $sent, sprintf('%.6f', now()), ''), 0, $from;
    }
}

sub welcome {
    my ($socket) = @_;
    accept(my $caller, $socket) or return;
    return if keys %callers >= MOST_CALLS;
    $callers{$caller} = unblock($caller);
    $select->add($caller);
}

sub answer {
    my ($caller) = @_;
    my $read = sysread $caller, my $question, 256;
    syswrite $caller, "$nonce $self\n" if $read && $question eq "$nonce\n";
    delete $callers{$caller};
    $select->remove($caller);
    close $caller;
}

# The kernel's own measurement does not wait for a busy processor: tcpi_min_rtt of linux/tcp.h, Linux 4.6.
sub kernel_rtt {
    my $info = getsockopt $_[0], 6, 11;
    return undef if !defined $info || length $info < 152;
    my $micros = unpack 'x148 L', $info;
    return $micros > 0 && $micros < 4294967295 ? $micros / 1e6 : undef;
}

sub connected {
    my ($socket, $probe) = @_;
    my $error = unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
    return hang_up($socket, $probe, reason($error)) if $error;
    $probe->{rtt} = kernel_rtt($socket) // now() - $probe->{sent};
    return hang_up($socket, $probe, 'ok') unless $probe->{own};
    syswrite $socket, "$nonce\n";
    $calls{$socket}[2] = 1;
    $select->add($socket);
}

sub hang_up {
    my ($socket, $probe, $result) = @_;
    finish($probe, $result);
    delete $calls{$socket};
    $select->remove($socket);
    close $socket;
}

sub answered {
    my ($socket, $probe) = @_;
    my $read = sysread $socket, my $text, 256;
    my ($mine, $peer) = split /[ \n]/, $text // '';
    return hang_up($socket, $probe, 'cut') unless $read && defined $peer && $mine eq $nonce;
    hang_up($socket, $probe, $peer == $probe->{peer} ? 'ok' : "stranger $peer");
}

sub report {
    $reported = 1;
    for my $probe (grep { !$_->{size} } @probes) {
        my $rtt = defined $probe->{rtt} ? sprintf('%.6f', $probe->{rtt}) : '-';
        put('probe', $probe->{peer}, $probe->{port}, $rtt, $probe->{result} // $probe->{unsent} // 'silent');
    }
    for my $peer (sort keys %paths) {
        my $path = $paths{$peer};
        put('path', $peer, sprintf('%.6f %.6f', $path->{rtt}, $path->{offset}), $path->{mtu} // '-') if defined $path->{rtt};
    }
    put('done');
}

# Not at every packet: hundreds of probes are gone through.
my $looked = 0;

sub look_around {
    my ($now) = @_;
    return if $now - $looked < TICK_S;
    $looked = $now;
    for my $index (0 .. $#probes) {
        my $due = $probes[$index]{due};
        fire($index, $now) if defined $due && $due <= $now;
    }
    my $busy = grep { defined $_->{due} || (!$_->{size} && !defined $_->{result}) } @probes;
    report() if !$busy || $now - $start > $window;
}

while (1) {
    look_around(now()) unless $reported;
    my $next = $reported ? undef : TICK_S;
    my ($in, $written) = (fill($select->handles), fill(map { $_->[2] ? () : $_->[0] } values %calls));
    select($in, $written, undef, $next) >= 0 or next;
    # All are found before any is worked on: a socket that is closed gives its number to the next one.
    my @connected = grep { !$_->[2] && vec $written, fileno $_->[0], 1 } values %calls;
    my @answered = grep { $_->[2] && vec $in, fileno $_->[0], 1 } values %calls;
    my @serving = grep { vec $in, fileno $_->[0], 1 } values %serving;
    my @accepting = grep { vec $in, fileno $_, 1 } values %accepting;
    my @callers = grep { vec $in, fileno $_, 1 } values %callers;
    connected(@$_) for @connected;
    answered(@$_) for @answered;
    serve(@$_) for @serving;
    receive() if vec $in, fileno $out, 1;
    answer($_) for @callers;
    welcome($_) for @accepting;
    next unless vec $in, fileno STDIN, 1;
    my ($word) = line();
    last if $word eq 'end';
}
for my $from (sort keys %heard) { put('heard', split(/ /, $from), $heard{$from}) }
put('bye');

sub fill {
    my $bits = '';
    vec($bits, fileno $_, 1) = 1 for @_;
    return $bits;
}
