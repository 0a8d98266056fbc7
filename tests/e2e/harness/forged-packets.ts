/** Runs a shell script as root on a machine, and answers what it printed. */
export type Shell = (script: string) => Promise<string>;

/** A class of service that nothing else has but refusals of our packets, which are answers: only ours are counted. */
const DSCP = 42;

const COPIES = 2;

/**
 * `send FROM TO PROTOCOL PORT SOURCE_PORT…`, IPv4 or IPv6, any number of these five: the sender is whatever is asked for.
 * Sums are right, as what has a wrong one is not masqueraded.
 */
const SEND = `use Socket qw(:all);
sub sum {
  my ($text, $sum) = (@_, 0);
  $sum += $_ for unpack 'n*', $text;
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return pack 'n', ~$sum & 0xffff;
}
while (my ($from, $to, $proto, $port, $sport) = splice @ARGV, 0, 5) {
  my $six = $to =~ /:/;
  my $family = $six ? AF_INET6 : AF_INET;
  my ($s, $d) = map { inet_pton($family, $_) } $from, $to;
  my $n = { tcp => 6, udp => 17, esp => 50 }->{$proto};
  socket(my $raw, $family, SOCK_RAW, 255) or die "socket: $!";
  my $at = $six ? pack_sockaddr_in6(0, $d) : pack_sockaddr_in(0, $d);
  for my $nth (1 .. ${COPIES}) {
    # A connection that was refused a moment ago is not opened anew.
    my $body = $n == 6 ? pack('nnNNCCnnn', $sport + $nth, $port, 1, 0, 0x50, 2, 1024, 0, 0)
      : $n == 17 ? pack('nnnn', $sport, $port, 8, 0) : pack('NN', 1, 1);
    my $length = length $body;
    my $pseudo = $s . $d . ($six ? pack('NN', $length, $n) : pack('nn', $n, $length));
    substr($body, $n == 6 ? 16 : 6, 2) = sum($pseudo . $body) if $n != 50;
    my $head = $six ? pack('NnCC', 6 << 28 | ${DSCP} << 22, $length, $n, 64)
      : pack('CCnnnCCn', 0x45, ${DSCP} << 2, 20 + $length, 1, 0, 64, $n, 0);
    send($raw, $head . $s . $d . $body, 0, $at) or die "send: $!";
  }
}
`;

/** What came to a machine, what its firewall let in, and what left it: at any port. */
const COUNTED = ["came", "in", "left"] as const;
export type Counted = Record<(typeof COUNTED)[number], number>;
const CHAINS = {
  came: "prerouting priority -350",
  in: "input priority 10",
  left: "postrouting priority 300",
};
const RULES = `table inet witness
delete table inet witness
table inet witness {
${COUNTED.map(
  (name) => `  chain ${name} {
    type filter hook ${CHAINS[name]};
    tcp flags & ack == ack return
    meta l4proto { tcp, udp, esp } ip dscp ${DSCP} counter
    meta l4proto { tcp, udp, esp } ip6 dscp ${DSCP} counter
  }`,
).join("\n")}
}`;

/** Where packets are sent from: a machine itself, or a network namespace in it. */
export interface Sender {
  shell: Shell;
  /** Command in front, such as `ip netns exec box`. */
  inside?: string;
}

export interface Packet {
  from: string;
  to: string;
  protocol: "tcp" | "udp" | "esp";
  port?: number;
  sourcePort?: number;
}

/** Sends each packet twice; answers how many were sent. One program for all: in an emulated machine each takes seconds. */
export async function send({ shell, inside = "" }: Sender, packets: readonly Packet[]): Promise<number> {
  const program = Buffer.from(SEND).toString("base64");
  const words = packets.flatMap(({ from, to, protocol, port = 0, sourcePort = 40_000 }) => [
    ...[from, to, protocol],
    ...[port, sourcePort],
  ]);
  await shell(`echo ${program} | base64 -d > /tmp/send.pl && ${inside} perl /tmp/send.pl ${words.join(" ")}`);
  return COPIES * packets.length;
}

/** Counts on a machine, or in a network namespace of it, from now on. */
export async function startCounting(shell: Shell, inside = ""): Promise<void> {
  const rules = Buffer.from(RULES).toString("base64");
  await shell(`echo ${rules} | base64 -d | ${inside} nft -f -`);
}

/** What was counted since {@link startCounting}. */
export async function counted(shell: Shell, inside = ""): Promise<Counted> {
  const listed = await shell(`${inside} nft list table inet witness`);
  const chains = listed.split(/chain (?=\w+ \{)/).slice(1);
  const sum = (chain: string) =>
    [...chain.matchAll(/packets (\d+)/g)].reduce((all, [, count]) => all + Number(count), 0);
  return Object.fromEntries(chains.map((chain) => [chain.split(" ")[0], sum(chain)])) as Counted;
}

export async function stopCounting(shell: Shell): Promise<void> {
  await shell("nft delete table inet witness");
}

/**
 * To each port of a swarm, from each sender to each receiver.
 * @param gossipPort - that the packets to 7946/udp come from. Nodes use 7946 itself: where a container's come through
 *   from there, masqueraded, the machine takes its peer's next ones for their answers, and the node is lost to its swarm.
 */
export function toSwarmPorts(
  senders: readonly string[],
  receivers: readonly string[],
  gossipPort = 40_000,
): Packet[] {
  const pairs = senders.flatMap((from) => receivers.map((to) => ({ from, to })));
  return pairs.flatMap((pair): Packet[] => [
    { ...pair, protocol: "tcp", port: 2377 },
    { ...pair, protocol: "tcp", port: 7946 },
    { ...pair, protocol: "udp", port: 7946, sourcePort: gossipPort },
    { ...pair, protocol: "udp", port: 4789 },
    { ...pair, protocol: "esp" },
  ]);
}
